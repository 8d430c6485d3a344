import { testModule } from '../engine/module/test.js'
import xml from './xml.js'

const head = "<?xml version='1.0' encoding='UTF-8'?>\n"
const beers = `<?xml version="1.0"?>
<business type="bar">
  <beers>
    <beer>Rochefort 10</beer>
    <beer>Schlitz</beer>
  </beers>
  <rating subjective="true">10</rating>
</business>
`
const spaces = '<f xmlns="urn:x" xmlns:z="urn:z"><b z:on="true"/></f>'

testModule(
  xml,
  { path: '/etc/b.xml' },
  {
    'sets the text of an element': {
      args: { xpath: '/business/rating', value: 11 },
      before: beers,
      after: head + beers.slice(22, -1).replace('>10</rating>', '>11</rating>'),
      returns: { actions: { xpath: '/business/rating', namespaces: {}, state: 'present' } },
    },
    'leaves the file alone when it is so': {
      args: { xpath: '/business/rating', value: '10' },
      before: beers,
      changed: false,
    },
    'does not indent what is so already': {
      args: { xpath: '/a/b', value: 'x', pretty_print: true },
      before: '<a><b>x</b></a>',
      after: '<a><b>x</b></a>',
      changed: false,
    },
    'removes an attribute': {
      args: { xpath: '/business/rating/@subjective', state: 'absent' },
      before: beers,
      after: head + beers.slice(22, -1).replace(' subjective="true"', ''),
    },
    'removes an element with the text behind it': {
      args: { xpath: '/a/b', state: 'absent' },
      before: '<a>x<b/>tail<c/></a>',
      after: `${head}<a>x<c/></a>`,
    },
    'makes missing elements and attributes on the way': {
      args: { xpath: "/a/b[@x='1' and @y='2'][c='d']/e/@f" },
      before: '<a/>',
      after: `${head}<a><b x="1" y="2"><c>d</c><e f=""/></b></a>`,
    },
    'makes an element with a text': {
      args: { xpath: "/a/b[text()='hi']" },
      before: '<a/>',
      after: `${head}<a><b>hi</b></a>`,
    },
    'makes nothing where it is told not to': {
      args: { xpath: '/a/b', value: 'x', create_if_missing: false },
      before: '<a/>',
      changed: false,
    },
    'sets what is there although it is told to make nothing': {
      args: { xpath: '/a/b', value: 'x', create_if_missing: false },
      before: '<a><b/></a>',
      after: `${head}<a><b>x</b></a>`,
    },
    'cannot make what stands at a place': {
      args: { xpath: '/a/b[3]', value: 'x' },
      before: '<a/>',
      fails: "Can't process Xpath /a/b[3] in order to spawn nodes! tree is b'<a/>\\n'",
    },
    'adds children from YAML': {
      args: { xpath: '/a', add_children: ['x', { y: 'z' }, { w: { at: 1, _: [{ v: 'u' }] } }] },
      before: '<a/>',
      after: `${head}<a><x/><y>z</y><w at="1"><v>u</v></w></a>`,
      again: { changed: 'add_children adds each time' },
    },
    'adds children from XML beside a match, in check and diff mode': {
      args: { xpath: '/a/b', add_children: ['<c d="e"/>'], input_type: 'xml', insertbefore: true },
      before: '<a><b/></a>',
      after: `${head}<a><c d="e"/><b/></a>`,
      diff: { before: `${head}<a>\n  <b/>\n</a>\n`, after: `${head}<a>\n  <c d="e"/>\n  <b/>\n</a>\n` },
      again: { changed: 'add_children adds each time' },
    },
    'sets all children': {
      args: { xpath: '/a', set_children: [{ b: '1' }, 'c'] },
      before: '<a>t<x/>u</a>',
      after: `${head}<a>t<b>1</b><c/></a>`,
    },
    'sets an attribute in a namespace': {
      args: { xpath: '/x:f/x:b', namespaces: { x: 'urn:x', z: 'urn:z' }, attribute: 'z:on', value: 'false' },
      before: spaces,
      after: `${head}<f xmlns="urn:x" xmlns:z="urn:z"><b z:on="false"/></f>`,
    },
    'makes a prefix for a namespace that the document does not have': {
      args: { xpath: '/a', namespaces: { q: 'urn:q' }, attribute: 'q:b', value: 'c' },
      before: '<a/>',
      after: `${head}<a xmlns:ns0="urn:q" ns0:b="c"/>`,
    },
    indents: {
      args: { pretty_print: true, backup: true },
      before: '<a><b>1</b> <c> </c>\n</a><!-- end -->',
      after: `${head}<a>\n  <b>1</b>\n  <c> </c>\n</a>\n<!-- end -->\n`,
    },
    'keeps comments, instructions, CDATA and the document type': {
      args: { xpath: '/a/@b', state: 'absent' },
      before: '<!DOCTYPE a SYSTEM "x.dtd">\n<!-- c --><?pi data?>\n<a b="1"><![CDATA[x<y]]>\t&#13;&quot;</a>',
      after: `${head}<!DOCTYPE a SYSTEM "x.dtd">\n<!-- c --><?pi data?><a><![CDATA[x<y]]>\t&#13;"</a>`,
    },
    counts: { args: { xpath: '//beer', count: true }, before: beers, returns: { count: 2, msg: 'found 2 nodes' } },
    'tells where matches are': {
      args: { xpath: '//beer | //@type', print_match: true },
      before: beers,
      returns: {
        msg: `selector '//beer | //@type' match: ["/business/@type", "/business/beers/beer[1]", "/business/beers/beer[2]"]`,
      },
    },
    'tells texts': {
      args: { xpath: '//beer', content: 'text' },
      before: beers,
      returns: { matches: [{ beer: 'Rochefort 10' }, { beer: 'Schlitz' }], count: 2 },
    },
    'tells attributes': {
      args: { xpath: '//x:b', namespaces: { x: 'urn:x' }, content: 'attribute' },
      before: spaces,
      returns: { matches: [{ '{urn:x}b': { '{urn:z}on': 'true' } }] },
    },
    'tells that nothing matches': {
      args: { xpath: '/no', content: 'text' },
      before: beers,
      fails: 'Xpath /no does not reference a node!',
    },
    'works on text': {
      args: { path: undefined, xmlstring: '<a>é</a>', xpath: '/a/b', value: 'ü' },
      returns: { xmlstring: `${head}<a>é<b>ü</b></a>`, changed: true },
      again: { changed: 'the text is given anew' },
    },
    'reads the encoding that a file names': {
      args: { xpath: '/a/b', value: 'x' },
      before: Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>\u00e9</a>', 'latin1'),
      after: `${head}<a>é<b>x</b></a>`,
    },
    'a missing file': { args: { xpath: '/a' }, fails: "The target XML source '/etc/b.xml' does not exist." },
    'text that is not XML': {
      args: { xpath: '/a' },
      before: '<a><b></a>',
      fails: 'Error while parsing document: /etc/b.xml (Opening and ending tag mismatch: "b" != "a")',
    },
    'an expression that is not XPath': {
      args: { xpath: '/a[', state: 'absent' },
      before: '<a/>',
      fails: /^Syntax error in xpath expression: \/a\[/,
    },
    'nothing to do': { before: '<a/>', fails: "Don't know what to do" },
    'the root cannot go': {
      args: { xpath: '/a', state: 'absent' },
      before: '<a/>',
      fails: "Couldn't delete xpath target: /a (it is the root)",
    },
  },
)
