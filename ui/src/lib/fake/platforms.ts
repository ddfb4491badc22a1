/** What the invented service says it reads. */
import type { FieldForm } from '../types/FieldForm';
import type { SourceField } from '../types/SourceField';
import type { SourcePlatform } from '../types/SourcePlatform';

const field = (name: string, required = true, secret = false, form: FieldForm = 'text'): SourceField => ({
  name,
  required,
  secret,
  form,
});
const hidden = (name: string): SourceField => field(name, true, true);
const steps = (name: string) => ({
  'pt-BR': [
    `No painel da ${name}, abra Apps e escolha Webhooks.`,
    'Clique em Criar webhook e cole o endereço no campo URL.',
    'Marque todos os eventos de venda, PIX e boleto gerados inclusive.',
    'Copie o token que aparece e cole-o no passo seguinte.',
  ],
  en: [
    `In the panel of ${name}, open Apps and choose Webhooks.`,
    'Press Create webhook and paste the address into the field URL.',
    'Tick every sales event, PIX and boleto created among them.',
    'Copy the token that appears and paste it in the next step.',
  ],
});

function platform(slug: string, name: string, told: Partial<SourcePlatform>): SourcePlatform {
  return {
    slug,
    name,
    signs: true,
    secret: 'required',
    credentials: [],
    settings: [],
    pulls: [],
    registers: false,
    sample: true,
    pix: 'yes',
    boleto: 'yes',
    link: 'yes',
    steps: steps(name),
    ...told,
  };
}

export const PLATFORMS: SourcePlatform[] = [
  platform('kiwify', 'Kiwify', {
    credentials: [field('clientId'), hidden('clientSecret'), field('accountId')],
    pulls: ['sales'],
    registers: true,
    pix: 'partly',
  }),
  platform('hotmart', 'Hotmart', {
    credentials: [field('clientId'), hidden('clientSecret'), hidden('basic')],
    settings: [field('checkoutUrl', false, false, 'link'), field('checkoutUrls', false, false, 'links')],
    pulls: ['sales'],
    pix: 'partly',
    boleto: 'partly',
  }),
  platform('shopify', 'Shopify', {
    credentials: [hidden('accessToken')],
    settings: [field('shopDomain'), field('abandonAfterMinutes', false, false, 'number')],
    pulls: ['orders', 'abandoned'],
    registers: true,
    pix: 'no',
    boleto: 'no',
  }),
  platform('nuvemshop', 'Nuvemshop', {
    credentials: [field('storeId'), hidden('accessToken')],
    pulls: ['orders', 'abandoned'],
    registers: true,
    pix: 'no',
  }),
  platform('yampi', 'Yampi', {
    credentials: [hidden('userToken'), hidden('secretKey')],
    settings: [field('alias'), field('stages', false, false, 'stages')],
    pulls: ['orders', 'abandoned'],
    registers: true,
  }),
  platform('cartpanda', 'CartPanda', {
    secret: 'none',
    signs: false,
    credentials: [hidden('apiToken')],
    settings: [field('shopSlug')],
    pulls: ['orders', 'abandoned'],
    sample: false,
  }),
  platform('vega', 'Vega Checkout', { signs: false, secret: 'none' }),
  platform('cart_abandonment', 'Aprovei', { signs: false, secret: 'optional' }),
  platform('custom', 'Custom', {
    secret: 'required',
    pix: 'partly',
    boleto: 'partly',
    link: 'partly',
    sample: false,
  }),
];
