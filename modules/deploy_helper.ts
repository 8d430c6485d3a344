import { defineModule, fileAttributes } from '../engine/module/define.js'
import { basename, join } from '../engine/python/posixpath.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { attributesOf } from './files/attributes.js'
import { makeDirectories } from './files/directories.js'

export default defineModule({
  name: 'community.general.deploy_helper',
  summary: 'Keep releases of a project side by side, as Capistrano does',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['dest'], summary: 'root of the project' },
    state: {
      type: 'str',
      choices: ['present', 'absent', 'clean', 'finalize', 'query'],
      default: 'present',
      summary: 'what to do',
    },
    release: { type: 'str', summary: 'name of the release; by default the time' },
    releases_path: { type: 'str', default: 'releases', summary: 'directory of the releases' },
    shared_path: { type: 'path', default: 'shared', summary: 'directory of what they share' },
    current_path: { type: 'path', default: 'current', summary: 'link to the release in use' },
    unfinished_filename: {
      type: 'str',
      default: 'DEPLOY_UNFINISHED',
      summary: 'file in a release that is not finished',
    },
    clean: { type: 'bool', default: true, summary: 'remove old releases when finalizing' },
    keep_releases: { type: 'int', default: 5, summary: 'how many releases to keep' },
    ...fileAttributes,
  },
  rules: { requiredIf: [['state', 'finalize', 'release']] },
  returns: { ansible_facts: 'deploy_helper: the paths, this release and the one before' },
  examples: `
- community.general.deploy_helper:
    path: /path/to/root
- community.general.deploy_helper:
    path: /path/to/root
    release: '{{ deploy_helper.new_release }}'
    state: finalize
`,

  async run(context) {
    const { args, remote, fail } = context
    const { path: project_path, state, unfinished_filename } = args
    const current_path = join(project_path, args.current_path)
    const releases_path = join(project_path, args.releases_path)
    const shared_path = args.shared_path ? join(project_path, args.shared_path) : ''
    const finalized = state === 'finalize' ? join(releases_path, args.release!) : undefined
    const [seen, project, releases, shared, current, release, unfinished] = await Promise.all([
      remote.query({
        command: sh`date +%Y%m%d%H%M%S; cd ${releases_path} 2>/dev/null && ls -1dt -- */ 2>/dev/null | sed 's|/$||' | while IFS= read -r r; do if [ -e "$r/"${unfinished_filename} ]; then echo "unfinished $r"; else echo "done $r"; fi; done; :`,
        parse: stdout => stdout.trim().split('\n'),
      }),
      remote.file(project_path, { want: 'stat' }),
      remote.file(releases_path, { want: 'stat' }),
      remote.file(shared_path || project_path, { want: 'stat' }),
      remote.file(current_path, { want: 'stat', follow: false }),
      finalized === undefined ? undefined : remote.file(finalized, { want: 'stat' }),
      finalized === undefined ? undefined : remote.file(join(finalized, unfinished_filename), { want: 'stat' }),
    ])
    const now = seen[0]!
    const new_release = args.release ?? (/^(present|query)$/.test(state) ? now : undefined)
    const new_release_path = new_release === undefined ? null : join(releases_path, new_release)
    const target = current.isLink ? current.realPath : undefined
    const facts = {
      project_path,
      current_path,
      releases_path,
      shared_path,
      previous_release: target === undefined ? null : basename(target),
      previous_release_path: target ?? null,
      new_release: new_release ?? null,
      new_release_path,
      unfinished_filename,
    }
    if (current.exists && !current.isLink) fail(`${current_path} exists but is not a symbolic link`)

    const clean = async (except: string) => {
      const abandoned = seen
        .filter(line => line.startsWith('unfinished '))
        .map(line => line.slice(11))
        .filter(name => name !== except)
      const finished = seen
        .filter(line => line.startsWith('done '))
        .map(line => line.slice(5))
        .filter(name => name !== except)
      const old = [...abandoned, ...finished.slice(args.keep_releases)]
      if (old.length > 0)
        await checked(
          context,
          ['rm', '-rf', '--', ...old.map(name => join(releases_path, name))],
          `remove ${old.length} releases`,
        )
    }
    switch (state) {
      case 'query':
        return { changed: false, state, ansible_facts: { deploy_helper: facts } }
      case 'absent':
        // Facts of what is gone are no help.
        if (project.exists) await project.remove()
        return { state, ansible_facts: { deploy_helper: [] } }
      case 'clean':
        await clean(facts.previous_release ?? '')
        break
      case 'present': {
        const missing = [project, releases, ...(shared_path ? [shared] : [])]
          .filter(file => !file.exists)
          .map(file => file.path)
        if (missing.length > 0) {
          remote.changed(`create ${missing.join(', ')}`)
          await makeDirectories(remote, missing, attributesOf(args), fail)
        }
        for (const file of [project, releases, shared].filter(file => file.exists))
          await file.setAttributes(attributesOf(args))
        break
      }
      case 'finalize': {
        // Only a link that leads elsewhere is kept from leading nowhere, as in Ansible.
        if (current.isLink && current.target !== new_release_path && !release!.exists && !remote.checkMode)
          fail(`the symlink target ${new_release_path} doesn't exists`)
        await unfinished!.remove()
        if (current.target !== new_release_path && target !== new_release_path) {
          const fresh = `${current_path}.${unfinished_filename}`
          await checked(context, ['ln', '-sfn', '--', new_release_path!, fresh], `prepare ${current_path}`)
          await checked(context, ['mv', '-fT', '--', fresh, current_path], `let ${current_path} be ${new_release}`)
        }
        if (args.clean) await clean(new_release!)
      }
    }
    // Finalizing changes what the facts say, so they stay as they were until the next call.
    return state === 'present' ? { state, ansible_facts: { deploy_helper: facts } } : { state }
  },
})
