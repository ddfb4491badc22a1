import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { mount } from 'svelte';
import Main from './Main.svelte';
import { findHost } from './lib/backend';
import { paintTheme } from './lib/theme';

// Before anything is drawn, so that a dark room never sees a white flash.
paintTheme('system');

const target = document.getElementById('app');
if (target) void findHost().then((host) => mount(Main, { target, props: { host } }));
