/** Invented people and goods. No name here belongs to anyone in particular. */
import type { Origin } from '../types/Origin';
import type { Chance } from './random';

const FIRST = (
  'Mariana João Larissa Antônio Beatriz Rafael Íris Cláudio Fernanda Sueli Pedro Ana Luísa Otávio Helena Caio Débora ' +
  'Thiago Vitória Gustavo Patrícia Murilo Yasmin Everton Simone Lucas Camila Rodrigo Jéssica Bruno Aline Marcelo Tatiane ' +
  'Felipe Priscila André Cristiane Diego Raquel Vinícius Elaine Leandro Sabrina Igor Natália Wellington Rosângela Heitor'
).split(' ');
const SECOND = [
  'Pedro',
  'Cristina',
  'Henrique',
  'Aparecida',
  'Eduardo',
  'Beatriz',
  'Augusto',
  'de Fátima',
  'Carolina',
];
const LAST = (
  'Souza Prado Albuquerque Nogueira Figueiredo Sampaio Tanaka Monteiro Reis Lima Ramos Dias Carvalho Vasconcelos Teixeira ' +
  'Barbosa Moreira Cavalcanti Pacheco Siqueira Brandão Queiroz Guimarães Bittencourt Fonseca Amaral Peixoto Drummond Rezende'
).split(' ');

/** Invents a full name; one in six is long. */
export function personName(chance: Chance): string {
  const parts = [chance.one(FIRST)];
  if (chance.often(0.3)) parts.push(chance.one(SECOND));
  parts.push(chance.one(LAST));
  if (chance.often(0.55)) parts.push(chance.one(LAST));
  if (chance.often(0.16))
    parts.push('de', chance.one(LAST), chance.one(['Filho', 'Neto', 'Júnior', 'e Silva']));
  return parts.join(' ');
}

/** Names as people really write them: eighty letters, a picture, right to left, both ways, without a break. */
export const ODD_NAMES = [
  'Maria Aparecida Conceição Figueiredo de Albuquerque Vasconcelos e Silva Bittencourt',
  'Ana 🌸 Beatriz 👩🏽‍🍳',
  'مريم عبد الرحمن السيد',
  'יעל Cohen כהן',
  'Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessen',
  '🧁',
] as const;

export interface Goods {
  name: string;
  minor: number;
  extra?: { name: string; minor: number };
}

export const GOODS: readonly Goods[] = [
  {
    name: 'Curso Confeitaria Lucrativa',
    minor: 14_700,
    extra: { name: 'Bônus: Planilha de Preços', minor: 5_000 },
  },
  { name: 'Kit Marmitas Fit 30 dias', minor: 8_990 },
  { name: 'Mentoria Tráfego Direto', minor: 149_700 },
  {
    name: 'Notebook 15" i5 + Mouse sem fio',
    minor: 315_000,
    extra: { name: 'Garantia estendida 12 meses', minor: 24_900 },
  },
  { name: 'Ebook Finanças em Casal', minor: 4_700 },
  { name: 'Assinatura Anual Pro', minor: 71_880 },
  { name: 'Vestido midi linho · M', minor: 28_990 },
  { name: 'Curso Violão do Zero', minor: 29_700 },
  { name: 'Óleo essencial lavanda 3x', minor: 12_640 },
  { name: 'Kit Ferramentas 112 peças', minor: 41_200 },
  { name: 'Massas Sem Glúten na Prática', minor: 9_700 },
  { name: 'Comunidade Escrita Criativa (mensal)', minor: 3_990 },
  { name: 'Cadeira ergonômica com apoio lombar ajustável', minor: 118_990 },
  { name: 'Planner 2027 capa de linho', minor: 7_450 },
];

export const PLATFORM_NAMES = [
  'Kiwify',
  'Hotmart',
  'Yampi',
  'Nuvemshop',
  'Shopify',
  'CartPanda',
  'Vega',
  'Adorei',
];
export const TEAM = ['Rafael Tanaka', 'Larissa Nogueira', 'Bruno Teixeira'];
export const ORIGINS: readonly Origin[] = [
  { source: 'facebook', src: null, medium: 'cpc', campaign: 'volta-as-aulas' },
  { source: 'instagram', src: null, medium: 'stories', campaign: null },
  { source: 'google', src: null, medium: 'organic', campaign: null },
  { source: 'newsletter', src: null, medium: 'email', campaign: 'natal' },
  { source: 'tiktok', src: null, medium: 'cpc', campaign: null },
];
export const REFUSALS = ['insufficient_funds', 'expired_card', 'refused_bank'];
export const LABELS = ['Atacado', 'Nota fiscal', 'Presente', 'Retirada na loja', 'VIP'];
export const CAMPAIGNS: readonly (readonly [string, string])[] = [
  ['facebook', 'cpc'],
  ['instagram', 'stories'],
  ['google', 'organic'],
  ['newsletter', 'email'],
];
