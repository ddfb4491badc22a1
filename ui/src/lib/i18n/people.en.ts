/** The texts about the people of the team in English; part of its catalogue. */
export const peopleEn = {
  'act.people': 'Team and devices',
  'also.people': 'people members users invite role session password',
  'settings.people': 'Team',
  'settings.peopleHint': 'Who is in it, invites, and where each is signed in.',
  'fail.last_admin':
    'This is the last admin: without one nobody could look after the team. Invite another first.',

  'role.agent': 'Agent',
  'role.lead': 'Lead',
  'role.admin': 'Admin',

  'people.title': 'Team',
  'people.back': 'Back',
  'people.reading': 'Reading the team',
  'people.failed': 'The team did not load.',
  'people.none': 'Nobody in the team.',
  'people.noneHint': 'Whoever comes in by an invite shows up here.',
  'people.col.name': 'Person',
  'people.col.role': 'Role',
  'people.col.joined': 'Since',
  'people.col.seen': 'Last use',
  'people.you': 'you',
  'people.nowhere': 'no session',
  'people.since': 'since {date}',
  'people.adminNote':
    'Admins see where each person is signed in, change roles, let in again whoever lost access, and remove people.',

  'people.invite': 'Invite',
  'people.mayDo': 'What may this person do?',
  'people.may.agent': 'Look after conversations: templates, notes, claims.',
  'people.may.lead': 'Also edit the team’s templates and views, see the sources, invite agents.',
  'people.may.admin': 'Also look after sources, people and customer data.',
  'people.roleStays': 'The role comes with the invite. Admins can change it later, on the person’s page.',
  'people.role.do': 'Change role',
  'people.role.done': 'Done: {name} has the role {role} now.',
  'people.open.title': 'Open invites',
  'people.open.until': 'valid until {until}',
  'people.open.untilBy': 'valid until {until}, made by {name}',
  'people.open.takeBack': 'Cancel invite',
  'people.make': 'Make an invite',
  'people.another': 'Another invite',
  'people.lasts': 'Valid',
  'people.lastsUntil': 'until {until}, once',
  'people.copyAll': 'Copy with instructions',
  'people.copyCode': 'Copy the invite only',
  'people.shownOnce':
    'Shown only now and kept nowhere here. Whoever gets it opens Balcão and chooses “{door}”.',
  'people.local':
    'This address opens on this computer only. To call people on others, the service has to be on a server they can reach.',
  'people.message':
    'Invite to the team {workspace} on Balcão\n\nOpen Balcão, choose “{door}” and paste:\nServer address: {server}\nInvite: {code}\n\nValid until {until}, once.',

  'people.devices': 'Devices',
  'people.readingDevices': 'Reading the devices',
  'people.noDevices': 'Signed in nowhere.',
  'people.someDevice': 'Device without a name',
  'people.thisDevice': 'this device',
  'people.deviceUse': 'last use {seen}, signed in since {since}',
  'people.end': 'End',
  'people.endOf': 'End the session: {device}',
  'people.ownHint': 'Not yours? End it: it is out at once. To leave this one, use the settings.',

  'people.back.title': 'Lost access',
  'people.back.hint':
    'A new invite, valid for 24 hours, for the same person: their name and what they did stay. Their password and present sessions end.',
  'people.back.do': 'Let in again',
  'people.back.ask': 'The sessions of {name} end now, on every device. Go on?',
  'people.back.yes': 'Make the invite',
  'people.backMessage':
    'To come back to the team {workspace} on Balcão\n\nOpen Balcão, choose “{door}” and paste:\nServer address: {server}\nInvite: {code}\n\nValid until {until}, once. Your name and what you did stay.',

  'people.remove.title': 'Remove',
  'people.remove.hint':
    'Their sessions end, and invites they gave no longer work. What they did stays in the conversations.',
  'people.remove.do': 'Remove from the team',
  'people.remove.ask': 'Remove {name} from the team? Only a new invite brings them back, as somebody new.',
  'people.remove.yes': 'Remove',
  'people.removed': '{name} is no longer in the team.',
} as const;
