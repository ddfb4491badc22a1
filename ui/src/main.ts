import './lib/fake/still';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/groups.css';
import { mount } from 'svelte';
import Main from './Main.svelte';
import { findHost } from './lib/backend';
import { paintLook } from './lib/theme';

/** Told to a build for development or for pictures; what is shipped holds neither the invented shop nor the gallery. */
const invented = import.meta.env.DEV || import.meta.env.MODE === 'fake';

// Before anything is drawn, so that a dark room never sees a white flash.
paintLook();

const target = document.getElementById('app');
if (target && invented && new URLSearchParams(location.search).has('gallery')) {
  void import('./gallery/Gallery.svelte').then(({ default: Gallery }) => mount(Gallery, { target }));
} else if (target) {
  void findHost().then((host) => mount(Main, { target, props: { host } }));
}
