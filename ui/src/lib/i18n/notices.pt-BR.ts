/** The source of every text about notices; part of the catalogue of Portuguese. */
export const noticesPtBR = {
  'act.notices': 'Escolher os avisos',
  'also.notices': 'notificações som alertas',

  'settings.notifySales': 'Avisar o que acontece nos pedidos',
  'settings.notifySalesHint': 'Avisos do sistema, juntados quando chegam muitos de uma vez.',
  'settings.notifySound': 'Som nas vendas aprovadas',
  'settings.notifySoundHint': 'Um som curto do sistema, no máximo um a cada 5 segundos.',

  'notices.title': 'Avisos',
  'notices.open': 'Avisos',
  'notices.openHint': 'Do que avisar, de quem e a partir de quanto; som das vendas.',
  'notices.of': 'Avisar em quais conversas',
  'notices.ofHint': 'Por estágio do pedido e por responsável pela conversa.',
  'notices.stage': 'Estágio',
  'notices.reach.none': 'Nenhuma',
  'notices.reach.mine': 'Minhas',
  'notices.reach.unclaimed': 'Minhas e sem responsável',
  'notices.reach.all': 'Todas',
  'notices.from': 'Só a partir de',
  'notices.fromHint': 'Em branco, de qualquer valor. Pedidos em outra moeda são sempre avisados.',
  'notices.fromAny': 'qualquer valor',
  'notices.fromBad': 'Escreva um valor, como 150,00.',
  'notices.manners':
    'O que chegar enquanto você estiver fora vem em um aviso só. Não há aviso dos pedidos da conversa aberta na sua frente, nem de eventos de teste.',
} as const;
