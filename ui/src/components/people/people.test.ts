import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeHost, type FakeOptions } from '../../lib/backend.fake';
import Main from '../../Main.svelte';

async function open(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = new FakeHost({ count: 20, ...options });
  render(Main, { host });
  await screen.findByTestId('list');
  return host;
}
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const click = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
async function openPeople(options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = await open(options);
  await click('settings');
  await click('settings-people');
  await screen.findByTestId('people-sheet');
  return host;
}
async function openPerson(name: string, options: Partial<FakeOptions> = {}): Promise<FakeHost> {
  const host = await openPeople(options);
  const rows = await screen.findAllByTestId('person');
  await fireEvent.click(rows.find((row) => row.textContent?.includes(name))!);
  await waitFor(() => expect(screen.getByTestId('people-sheet')).toHaveAttribute('data-place', 'one'));
  return host;
}
const rows = () => screen.getAllByTestId('person');
const names = () => screen.getAllByTestId('person-name').map((one) => one.textContent);

beforeEach(() => (document.body.innerHTML = ''));

describe('the list', () => {
  test('is found by the palette, too', async () => {
    await open();
    await press('k', { ctrlKey: true });
    await fireEvent.input(await screen.findByTestId('search-input'), { target: { value: 'convidar' } });
    const found = (await screen.findAllByTestId('command')).find((one) => one.dataset.name === 'people');
    await fireEvent.click(found!);
    expect(await screen.findByTestId('people-sheet')).toBeInTheDocument();
  });

  test('says who may do what and, to an admin, when each was last here', async () => {
    await openPeople();
    await screen.findAllByTestId('person');
    expect(rows().map((row) => row.dataset.role)).toEqual(['admin', 'lead', 'agent', 'agent']);
    expect(rows()[0]).toHaveAttribute('data-me', 'true');
    await waitFor(() => {
      const seen = screen.getAllByTestId('person-seen').map((one) => one.textContent?.trim());
      expect(seen.join()).toContain('há 3 h');
    });
  });

  test.each(['lead', 'agent'] as const)('a %s sees the team and their own use only', async (role) => {
    const host = await openPeople({ role });
    await screen.findAllByTestId('person');
    await waitFor(() => {
      const known = screen.getAllByTestId('person-seen').filter((one) => !one.textContent?.includes('–'));
      expect(known).toHaveLength(1);
    });
    expect(host.people.calls.filter((call) => call === 'devices')).toHaveLength(1);
    expect(screen.queryByTestId('invite') !== null).toBe(role === 'lead');
  });

  test('somebody who comes in shows up by themselves', async () => {
    const host = await openPeople();
    await screen.findAllByTestId('person');
    host.people.join('Caio Reis', 'agent');
    await waitFor(() => expect(names()).toContain('Caio Reis'));
  });

  test('without the service it says so, and pretends nothing', async () => {
    const host = await openPeople({ state: 'offline' });
    expect(await screen.findByTestId('people-failed')).toHaveAttribute('data-code', 'offline');
    expect(screen.queryByTestId('invite')).toBeNull();
    host.setFreshness({ state: 'live' });
    expect(await screen.findAllByTestId('person')).toHaveLength(4);
  });

  test('what was read stays in sight when the line drops', async () => {
    const host = await openPeople();
    await screen.findAllByTestId('person');
    host.setFreshness({ state: 'offline' });
    expect(await screen.findByTestId('people-stale')).toHaveAttribute('data-code', 'offline');
    expect(rows()).toHaveLength(4);
  });

  test('arrows walk it, Enter opens, Esc goes back', async () => {
    await openPeople();
    await screen.findAllByTestId('person');
    rows()[0]?.focus();
    await press('ArrowDown');
    expect(document.activeElement).toBe(rows()[1]);
    await fireEvent.click(rows()[1]!);
    await screen.findByTestId('let-back');
    await press('Escape');
    await waitFor(() => expect(screen.getByTestId('people-sheet')).toHaveAttribute('data-place', 'list'));
  });
});

describe('inviting', () => {
  test('gives a code with address and time, ready to hand over, shown once', async () => {
    const host = await openPeople();
    await click('invite');
    await click('role-lead');
    await click('make-invite');
    const code = (await screen.findByTestId('entry-code')).textContent ?? '';
    expect(code).toMatch(/^[A-Z0-9-]{20,}$/);
    expect(screen.getByTestId('entry').textContent).toContain('Líder');
    await click('copy-entry');
    await waitFor(() => expect(host.copiedTexts.at(-1)).toContain(code));
    const message = host.copiedTexts.at(-1) ?? '';
    for (const part of ['Doces do Vale', 'https://balcao.example.com', 'Entrar na minha equipe', 'Vale até'])
      expect(message).toContain(part);
    await click('copy-entry-code');
    await waitFor(() => expect(host.copiedTexts.at(-1)).toBe(code));
    await click('people-back');
    await click('invite');
    expect(screen.queryByTestId('entry-code')).toBeNull();
  });

  test('a lead invites agents only', async () => {
    await openPeople({ role: 'lead' });
    await click('invite');
    expect(await screen.findByTestId('role-agent')).toBeInTheDocument();
    expect(screen.queryByTestId('role-lead')).toBeNull();
    expect(screen.queryByTestId('role-admin')).toBeNull();
  });

  test('what is refused is said, and no code is shown', async () => {
    const host = await openPeople();
    await click('invite');
    host.people.failing = 'service_busy';
    await click('make-invite');
    expect(await screen.findByTestId('invite-failure')).toHaveAttribute('data-code', 'service_busy');
    expect(screen.queryByTestId('entry-code')).toBeNull();
  });
});

describe('open invites', () => {
  test('stand below the team and are cancelled one by one', async () => {
    const host = await openPeople();
    await screen.findAllByTestId('person');
    expect(screen.queryByTestId('open-invite')).toBeNull();
    for (const role of ['role-lead', 'role-agent']) {
      await click('invite');
      await click(role);
      await click('make-invite');
      await screen.findByTestId('entry-code');
      await click('people-back');
    }
    const open = await screen.findAllByTestId('open-invite');
    expect(open.map((one) => one.dataset.role)).toEqual(['lead', 'agent']);
    expect(open[0]?.textContent).toContain('Marina');
    await fireEvent.click(screen.getAllByTestId('take-invite-back')[0]!);
    await waitFor(() => expect(screen.getAllByTestId('open-invite')).toHaveLength(1));
    host.people.failing = 'not_found';
    await click('take-invite-back');
    expect(await screen.findByTestId('open-failure')).toHaveAttribute('data-code', 'not_found');
  });

  test('are not asked for by agents', async () => {
    const host = await openPeople({ role: 'agent' });
    await screen.findAllByTestId('person');
    expect(host.people.calls).not.toContain('openInvites');
  });
});

describe('a member', () => {
  test('is given another role by an admin, who reads that it is done', async () => {
    const host = await openPerson('Rafael');
    const act = await screen.findByTestId('set-role');
    expect(act).toBeDisabled();
    await click('role-admin');
    await fireEvent.click(act);
    expect((await screen.findByTestId('role-changed')).textContent).toContain('Rafael');
    expect(host.people.members.filter((one) => one.role === 'admin')).toHaveLength(2);
    host.people.failing = 'last_admin';
    await click('role-agent');
    await click('set-role');
    expect(await screen.findByTestId('role-failure')).toHaveAttribute('data-code', 'last_admin');
  });

  test.each(['lead', 'agent'] as const)('a %s gives no roles', async (role) => {
    await openPerson('Rafael', { role });
    expect(screen.queryByTestId('set-role')).toBeNull();
  });

  test('an admin ends one session; the others stay', async () => {
    await openPerson('Rafael');
    expect(await screen.findAllByTestId('device')).toHaveLength(2);
    await fireEvent.click(screen.getAllByTestId('end-session')[1]!);
    await waitFor(() => expect(screen.getAllByTestId('device')).toHaveLength(1));
  });

  test('one’s own: this device is told apart and cannot be ended here, nor oneself removed', async () => {
    await openPerson('Marina');
    const devices = await screen.findAllByTestId('device');
    expect(devices.map((one) => one.dataset.this)).toEqual(['true', 'false']);
    expect(within(devices[0]!).queryByTestId('end-session')).toBeNull();
    expect(screen.queryByTestId('remove-person')).toBeNull();
    expect(screen.queryByTestId('let-back')).toBeNull();
  });

  test('an agent sees their own devices and those of nobody else', async () => {
    await openPerson('Rafael', { role: 'agent' });
    expect(screen.queryByTestId('device')).toBeNull();
    await click('people-back');
    await fireEvent.click((await screen.findAllByTestId('person')).find((row) => row.dataset.me === 'true')!);
    expect(await screen.findAllByTestId('device')).toHaveLength(2);
  });

  test('is let in again by a code after a question; their sessions are gone', async () => {
    const host = await openPerson('Rafael');
    await click('let-back');
    expect(host.people.calls).not.toContain('letBackIn');
    await click('let-back-no');
    expect(screen.queryByTestId('entry-code')).toBeNull();
    await click('let-back');
    await click('let-back-yes');
    expect(await screen.findByTestId('entry-code')).toBeInTheDocument();
    expect(await screen.findByTestId('no-devices')).toBeInTheDocument();
  });

  test('is removed after a question, and is out of the list', async () => {
    await openPerson('Bruno');
    await click('remove-person');
    await click('remove-person-yes');
    await waitFor(() => expect(screen.getByTestId('people-sheet')).toHaveAttribute('data-place', 'list'));
    expect(names().join()).not.toContain('Bruno');
    expect(screen.getByTestId('person-removed').textContent).toContain(
      'Bruno Teixeira não está mais na equipe',
    );
  });

  test('who cannot be removed stays, and it is said why', async () => {
    const host = await openPerson('Bruno');
    host.people.failing = 'last_admin';
    await click('remove-person');
    await click('remove-person-yes');
    expect(await screen.findByTestId('person-failure')).toHaveAttribute('data-code', 'last_admin');
    expect(screen.getByTestId('person-failure').textContent).toContain('último admin');
  });
});
