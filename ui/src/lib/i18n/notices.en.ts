/** Every text about notices in English. */
export const noticesEn = {
  'act.notices': 'Choose the notices',
  'also.notices': 'notifications sound alerts',

  'settings.notifySales': 'Announce what happens to orders',
  'settings.notifySalesHint': 'System notifications, joined into one when many arrive.',
  'settings.notifySound': 'Sound for approved sales',
  'settings.notifySoundHint': 'A short sound of the system, one every 5 seconds at most.',

  'notices.title': 'Notices',
  'notices.open': 'Notices',
  'notices.openHint': 'What to announce, whose, and from which amount on; sound for sales.',
  'notices.of': 'Announce in which conversations',
  'notices.ofHint': 'By the order’s stage and by who has the conversation.',
  'notices.stage': 'Stage',
  'notices.reach.none': 'None',
  'notices.reach.mine': 'Mine',
  'notices.reach.unclaimed': 'Mine and nobody’s',
  'notices.reach.all': 'All',
  'notices.from': 'Only from',
  'notices.fromHint': 'Left empty, of any amount. Orders in another currency are always announced.',
  'notices.fromAny': 'any amount',
  'notices.fromBad': 'Write an amount, such as 150.00.',
  'notices.manners':
    'What comes while you are away is one notice. There is none of the orders in the conversation open before you, nor of test events.',
} as const;
