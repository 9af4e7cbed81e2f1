/** Marks whatever ran: the page must not have it. */
export const TRACE = 'hostileStringRan';

const run = `globalThis.${TRACE}=1;alert(1)`;
const LONG = 100_000;

/**
 * Sixty texts that somebody could bring into a report: by a setting, a file name, an error of a database
 * or of an API, a host's name. The last ones swallow what follows them where they are read as markup.
 */
export const HOSTILE_STRINGS: readonly string[] = [
  // Script tags
  `<script>${run}</script>`,
  `</script><script>${run}</script>`,
  `</SCRIPT ><svg onload="${run}">`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<script src="http://127.0.0.1:9/x.js"></script>`,
  `<script src=data:text/javascript,${run}></script>`,
  `<script type="module">${run}</script>`,
  // Event handlers
  `<img src=x onerror="${run}">`,
  `<img src=x onerror=${run}//`,
  `"><img src=x onerror="${run}">`,
  `' onmouseover='${run}' x='`,
  `" autofocus onfocus="${run}" x="`,
  `<svg/onload=${run}>`,
  `<body onload="${run}">`,
  `<details open ontoggle="${run}">opened</details>`,
  `<input autofocus onfocus="${run}">`,
  `<video><source onerror="${run}"></video>`,
  `<marquee onstart="${run}">moves</marquee>`,
  // Things that load or lead elsewhere
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>parent.${TRACE}=1</script>"></iframe>`,
  `<a href="javascript:${run}">look</a>`,
  `javascript:${run}`,
  ` \u0001javascript:${run}`,
  `java\tscript:${run}`,
  `data:text/html,<script>${run}</script>`,
  `<link rel=stylesheet href="http://127.0.0.1:9/x.css">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${run}">`,
  `<base href="http://127.0.0.1:9/">`,
  `<object data="javascript:${run}"></object>`,
  `<form action="javascript:${run}"><button>go</button></form>`,
  // Style and other vocabularies
  `<style>*{display:none}</style>`,
  `x;background:url(http://127.0.0.1:9/x.png)`,
  `expression(${run})`,
  `<math><mtext><mglyph><style><img src=x onerror="${run}">`,
  `<svg><use href="#x"/><animate onbegin="${run}"/></svg>`,
  `<![CDATA[<b>]]>`,
  `]]>`,
  `<?xml version="1.0"?><?php echo 1; ?>`,
  // Templates and languages
  '{{constructor.constructor("alert(1)")()}}',
  `\${globalThis.${TRACE}=1}`,
  '<%= 7 * 7 %>',
  '#{7*7} @{7*7} [[7*7]]',
  "'; DROP TABLE cells; --",
  '=HYPERLINK("http://127.0.0.1:9/","look")',
  '../../../../etc/passwd',
  '\\"}]}; // " \\u003cb\\u003e \\',
  '&lt;b&gt;&amp;&#60;b&#62;&quot;',
  // Keys of every object
  '__proto__',
  'constructor',
  'toString',
  // Characters
  '\u202eright to left\u202c and \u2066isolated\u2069',
  'zero\u200bwidth\u200djoined\ufeffmark',
  'nul \u0000, bell \u0007, escape \u001b[31mred\u001b[0m, delete \u007f',
  'line\u2028separator paragraph\u2029separator next\u0085line\r\nbreak',
  'lone \ud83d high and \udc00 low surrogates',
  '👩‍👩‍👧‍👦 🇺🇳 e\u0301 Z\u0351\u036b\u0343\u032a\u0302 ﷽',
  'W'.repeat(LONG),
  // Swallow what follows
  '<!-- <script>',
  '<textarea><plaintext>',
  '<noscript><p title="</noscript><title>',
];
