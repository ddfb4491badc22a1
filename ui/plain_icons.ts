/**
 * Draws each icon of the library as one template. Its own component works out attributes and builds every path by itself each time
 * an icon is drawn; a list has thirty of them, and that was most of what drawing a row took.
 */
import type { Plugin } from 'vite';

type Node = [tag: string, attributes: Record<string, string>];

const FILE = /@lucide\/svelte\/dist\/icons\/([\w-]+)\.svelte$/;
const DATA = /const iconData = (\{.*\});/;

export function plainIcons(): Plugin {
  return {
    name: 'plain-icons',
    enforce: 'pre',
    // In development, prepared packages would pass this by.
    config: () => ({ optimizeDeps: { exclude: ['@lucide/svelte'] } }),
    transform(code, id) {
      const [, name] = FILE.exec(id) ?? [];
      const [, data] = DATA.exec(code) ?? [];
      if (!name) return null;
      if (!data) this.error(`the icon ${name} is not written as expected`);
      const { node } = JSON.parse(data) as { node: Node[] };
      return { code: drawn(name, node), map: null };
    },
  };
}

/** Returns a component that takes what the page gives icons: a size, a stroke's width, and a name where it is not decoration. */
function drawn(name: string, nodes: readonly Node[]): string {
  const paths = nodes.map(([tag, attributes]) => `<${tag}${written(attributes)} />`).join('');
  return `<script>
  let { size = 24, strokeWidth = 2, 'aria-label': label } = $props();
</script>

<svg xmlns="http://www.w3.org/2000/svg" class="lucide lucide-${name}" width={size} height={size} viewBox="0 0 24 24" fill="none"
  stroke="currentColor" stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round"
  aria-label={label} aria-hidden={label ? undefined : 'true'}>${paths}</svg>
`;
}

function written(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
}
