/** The source of every text about the people of the team; part of the catalogue of Portuguese. */
export const peoplePtBR = {
  'act.people': 'Equipe e aparelhos',
  'also.people': 'pessoas membros usuários convite convidar papel sessão senha',
  'settings.people': 'Equipe',
  'settings.peopleHint': 'Quem faz parte, convites e onde cada um está conectado.',
  'fail.last_admin': 'É o último admin: sem um, ninguém cuidaria da equipe. Convide outro antes.',

  'role.agent': 'Atendente',
  'role.lead': 'Líder',
  'role.admin': 'Admin',

  'people.title': 'Equipe',
  'people.back': 'Voltar',
  'people.reading': 'Lendo a equipe',
  'people.failed': 'A equipe não carregou.',
  'people.none': 'Ninguém na equipe.',
  'people.noneHint': 'Quem entrar com um convite aparece aqui.',
  'people.col.name': 'Pessoa',
  'people.col.role': 'Papel',
  'people.col.joined': 'Desde',
  'people.col.seen': 'Último uso',
  'people.you': 'você',
  'people.nowhere': 'sem sessão',
  'people.since': 'desde {date}',
  'people.adminNote':
    'Quem administra vê onde cada um está conectado, muda papéis, deixa entrar de novo quem perdeu o acesso e remove pessoas.',

  'people.invite': 'Convidar',
  'people.mayDo': 'O que a pessoa vai poder fazer?',
  'people.may.agent': 'Atender: conversas, modelos prontos, notas.',
  'people.may.lead': 'Também editar modelos e visões da equipe, ver as fontes e convidar atendentes.',
  'people.may.admin': 'Também cuidar de fontes, pessoas e dados de clientes.',
  'people.roleStays': 'O papel vem com o convite. Depois, quem administra pode mudar na página da pessoa.',
  'people.role.do': 'Mudar papel',
  'people.role.done': 'Feito: {name} agora tem o papel {role}.',
  'people.open.title': 'Convites em aberto',
  'people.open.until': 'vale até {until}',
  'people.open.untilBy': 'vale até {until}, criado por {name}',
  'people.open.takeBack': 'Cancelar convite',
  'people.make': 'Criar convite',
  'people.another': 'Outro convite',
  'people.lasts': 'Validade',
  'people.lastsUntil': 'até {until}, uma vez só',
  'people.copyAll': 'Copiar com instruções',
  'people.copyCode': 'Copiar só o convite',
  'people.shownOnce':
    'Aparece só agora e não fica guardado aqui. Quem recebe abre o Balcão e escolhe “{door}”.',
  'people.local':
    'Este endereço só abre neste computador. Para chamar pessoas em outros, o serviço precisa estar em um servidor que elas alcancem.',
  'people.message':
    'Convite para a equipe {workspace} no Balcão\n\nAbra o Balcão, escolha “{door}” e cole:\nEndereço do servidor: {server}\nConvite: {code}\n\nVale até {until}, uma vez só.',

  'people.devices': 'Aparelhos',
  'people.readingDevices': 'Lendo os aparelhos',
  'people.noDevices': 'Nenhum aparelho conectado.',
  'people.someDevice': 'Aparelho sem nome',
  'people.thisDevice': 'este aparelho',
  'people.deviceUse': 'último uso {seen}, conectado desde {since}',
  'people.end': 'Encerrar',
  'people.endOf': 'Encerrar a sessão: {device}',
  'people.ownHint': 'Não reconhece um deles? Encerre: ele sai na hora. Deste você sai nas configurações.',

  'people.back.title': 'Perdeu o acesso',
  'people.back.hint':
    'Um convite novo, válido por 24 horas, para a mesma pessoa: o nome e o que ela fez continuam. A senha e as sessões de agora terminam.',
  'people.back.do': 'Deixar entrar de novo',
  'people.back.ask': 'As sessões de {name} terminam agora, em todos os aparelhos. Continuar?',
  'people.back.yes': 'Criar convite de volta',
  'people.backMessage':
    'Para voltar à equipe {workspace} no Balcão\n\nAbra o Balcão, escolha “{door}” e cole:\nEndereço do servidor: {server}\nConvite: {code}\n\nVale até {until}, uma vez só. Seu nome e o que você fez continuam.',

  'people.remove.title': 'Remover',
  'people.remove.hint':
    'As sessões terminam e os convites que a pessoa deu deixam de valer. O que ela fez continua nas conversas.',
  'people.remove.do': 'Remover da equipe',
  'people.remove.ask': 'Remover {name} da equipe? Para voltar, só com um convite novo, como outra pessoa.',
  'people.remove.yes': 'Remover',
  'people.removed': '{name} não está mais na equipe.',
} as const;
