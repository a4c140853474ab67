// The shell: sign-in, navigation, language, and the page that the address names.

import { html, render, nothing, problem } from './ui.js';
import { session, get, follow } from './api.js';
import * as i18n from './i18n.js';
import { fleet } from './pages/fleet.js';
import { device } from './pages/device.js';
import { tickets } from './pages/tickets.js';
import { ticket } from './pages/ticket.js';
import { campaigns } from './pages/campaigns.js';
import { campaign } from './pages/campaign.js';

const { t } = i18n;
const root = document.getElementById('app');

const PAGES = [
  [/^\/?$/, fleet, 'fleet'],
  [/^\/devices\/([^/]+)$/, device, 'fleet'],
  [/^\/tickets$/, tickets, 'tickets'],
  [/^\/tickets\/([^/]+)$/, ticket, 'tickets'],
  [/^\/campaigns$/, campaigns, 'campaigns'],
  [/^\/campaigns\/([^/]+)$/, campaign, 'campaigns'],
];

const shell = { page: null, section: '', stop: null, online: true, failure: null, signingIn: false };
let scheduled = false;

export function update() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; draw(); });
}

function draw() {
  if (!root.hasAttribute('data-drawn')) {
    root.replaceChildren();
    root.setAttribute('data-drawn', '');
  }
  render(session.token && !shell.signingIn ? frame() : signIn(), root);
  shell.page?.drawn?.();
}

function signIn() {
  const submit = async (event) => {
    event.preventDefault();
    session.token = new FormData(event.target).get('token').trim();
    await enter();
  };
  return html`
    <main class="sign-in">
      <form @submit=${submit}>
        <h1><img src="icon.svg" alt="" width="36" height="36"> Foretell</h1>
        <label>${t('signIn.token')}
          <input name="token" type="password" autocomplete="current-password" required autofocus>
        </label>
        <p class="quiet">${t('signIn.where')} <code>DIR/admin.token</code></p>
        ${problem(shell.failure)}
        <button class="primary">${t('signIn.enter')}</button>
      </form>
    </main>`;
}

function frame() {
  const link = (section, href) => html`
    <a href=${href} aria-current=${shell.section === section ? 'page' : nothing}>${t(`nav.${section}`)}</a>`;
  return html`
    <a class="skip" href="#main" @click=${skip}>${t('skip')}</a>
    <header>
      <a class="brand" href="#/"><img src="icon.svg" alt="" width="24" height="24"> Foretell</a>
      <nav aria-label=${t('nav')}>
        ${link('fleet', '#/')} ${link('tickets', '#/tickets')} ${link('campaigns', '#/campaigns')}
      </nav>
      <span class="live ${shell.online ? 'on' : 'off'}" role="status">${shell.online ? t('live') : t('offline')}</span>
      <select aria-label=${t('language')} @change=${changeLanguage}>
        ${Object.entries(i18n.languages).map(([code, name]) => html`
          <option value=${code} ?selected=${code === i18n.current()}>${name}</option>`)}
      </select>
      <button class="plain" @click=${leave}>${t('signOut')}</button>
    </header>
    <main id="main" tabindex="-1">${shell.page ? shell.page.view() : nothing}</main>`;
}

// The address names the page: a jump within it must not change the address.
function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

async function changeLanguage(event) {
  await i18n.load(event.target.value);
  entitle();
  shell.page?.relabel?.();
  update();
}

function entitle() {
  document.title = `${t(`nav.${shell.section}`)} · Foretell`;
}

function leave() {
  session.token = '';
  shell.stop?.();
  shell.page?.close?.();
  shell.page = null;
  update();
}

function route() {
  const path = decodeURI(location.hash.replace(/^#/, '').split('?')[0]);
  const query = new URLSearchParams(location.hash.split('?')[1] || '');
  for (const [pattern, page, section] of PAGES) {
    const match = pattern.exec(path);
    if (match) {
      shell.page?.close?.();
      shell.section = section;
      shell.page = page({ update, query, id: match[1] ? decodeURIComponent(match[1]) : '' });
      entitle();
      window.scrollTo(0, 0);
      update();
      return;
    }
  }
  location.hash = '#/';
}

async function enter() {
  try {
    await get('/fleet');
    shell.failure = null;
    shell.signingIn = false;
  } catch (failure) {
    shell.failure = failure;
    if (failure.status === 401) session.token = '';
    shell.signingIn = true;
    update();
    return;
  }
  shell.stop?.();
  // What happened before the stream began, or while it was broken, is told by none of its events.
  shell.stop = follow({}, (type, data) => shell.page?.event?.(type, data),
    (online) => { shell.online = online; if (online) shell.page?.again?.(); update(); });
  route();
}

// A link of the terminal may carry the token; it leaves the address at once.
const given = /[#&?]token=([\w-]+)/.exec(location.hash);
if (given) {
  session.token = given[1];
  history.replaceState(null, '', location.pathname + '#/');
}

window.addEventListener('hashchange', () => { if (session.token && !shell.signingIn) route(); });
await i18n.load();
if (session.token) await enter(); else { shell.signingIn = true; update(); }
