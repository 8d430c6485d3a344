/** What docker compose tells on stderr while it works: lines of JSON since 2.29, plain text before. Pure. */

export interface ComposeEvent {
  /** container, network, volume, image, service, image-layer or unknown. */
  readonly what: string
  readonly id: string
  /** Compose's word: Creating, Started, Pulling, Error, … */
  readonly status: string
  /** What an error says. */
  readonly msg: string
}

const working = 'Creating Starting Restarting Stopping Killing Removing Recreate Recreating'.split(' ')
const done = 'Created Started Restarted Stopped Killed Removed Recreated Running Healthy Exited Waiting Built'.split(
  ' ',
)
const pulling = ['Pulling', 'Pulled', 'Skipped']
const layer = ['Pulling fs layer', 'Waiting', 'Downloading', 'Verifying Checksum', 'Download complete', 'Extracting']
const known = new Set([...working, ...done, ...pulling, ...layer, 'Building', 'Pull complete', 'Already exists'])
const kinds = /^(Network|Image|Volume|Container|Service)\s+(.+)$/

export function composeEvents(stderr: string): { events: ComposeEvent[]; warnings: string[] } {
  const events: ComposeEvent[] = []
  const warnings: string[] = []
  for (const line of stderr.split('\n')) {
    const text = line.trim().replace(/^DRY-RUN MODE -\s*/, '')
    if (text === '') continue
    const logged = /^time="[^"]*" level=(\w+) msg="((?:[^"\\]|\\.)*)"/.exec(text)
    if (logged) log(logged[1]!, logged[2]!.replace(/\\(.)/g, '$1'))
    else if (text.startsWith('{')) fromJson(text)
    else fromText(text)
  }
  return { events, warnings }

  function log(level: string, msg: string) {
    if (level === 'warning') warnings.push(msg)
    else if (level === 'error' || level === 'fatal') events.push({ what: 'unknown', id: '', status: 'Error', msg })
  }

  function fromJson(text: string) {
    let said: { readonly [key: string]: unknown }
    try {
      said = JSON.parse(text) as typeof said
    } catch {
      return
    }
    const word = (key: string) => (typeof said[key] === 'string' ? (said[key] as string).trim() : '')
    if (said.error === true) events.push({ what: 'unknown', id: '', status: 'Error', msg: word('message') })
    else if (word('level')) log(word('level'), word('msg'))
    else if (word('id') && said.tail !== true) {
      // The word was in `status`; since version 5 it is in `text`, and `status` says Working, Done or Error.
      const status = [word('text'), word('status')].find(one => known.has(one))
      const isError = word('status') === 'Error' || word('text') === 'Error'
      if (isError) add(word('id'), 'Error', word('details') || (word('text') === 'Error' ? '' : word('text')))
      else if (status) add(word('id'), status, '', word('parent_id') !== '')
    }
  }

  function fromText(text: string) {
    const found = /^(.+?)\s+(Error)(?:\s+(.*))?$/.exec(text)
    if (found && (kinds.test(found[1]!) || !found[1]!.includes(' '))) return add(found[1]!, 'Error', found[3] ?? '')
    for (const status of known) {
      const id = text.endsWith(` ${status}`) ? text.slice(0, -status.length).trim() : ''
      if (id === '' || !(kinds.test(id) || !/\s/.test(id))) continue
      return add(id, status, '', /^[0-9a-f]{12}$/.test(id))
    }
  }

  function add(called: string, status: string, msg: string, isLayer = false) {
    const [, kind, id] = kinds.exec(called) ?? []
    const what = kind?.toLowerCase() ?? (isLayer ? 'image-layer' : pulling.includes(status) ? 'service' : 'unknown')
    events.push({ what, id: (id ?? called).replace(/^"(.*)"$/, '$1'), status, msg })
  }
}

export interface ComposeActions {
  readonly changed: boolean
  readonly actions: { what: string; id: string; status: string }[]
}

/**
 * What compose did, and whether that changed something. A service that is pulled did not change by that: what its image
 * brings, the container shows. A build says that it builds also when all is in its cache.
 */
export function composeActions(
  events: readonly ComposeEvent[],
  { pulls, builds }: { pulls: boolean; builds: boolean },
): ComposeActions {
  const isAction = ({ what, status }: ComposeEvent) =>
    what === 'image-layer'
      ? layer.includes(status) && status !== 'Waiting'
      : working.includes(status) || status === 'Pulling' || status === 'Building'
  const seen = new Set<string>()
  const actions = events.filter(isAction).flatMap(({ what, id, status }) => {
    const key = `${what} ${id} ${status}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ what, id, status }]
  })
  const counts = ({ status }: { status: string }) =>
    (pulls || status !== 'Pulling') && (builds || status !== 'Building')
  return { changed: actions.some(counts), actions }
}
