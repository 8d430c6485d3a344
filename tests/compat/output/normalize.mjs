// What differs from run to run, or because there is no Python here, is taken out before outputs are compared.

/** `# flags:` and `# env:` at the top of a playbook. */
export function settingsOf(text) {
  const value = name => new RegExp(`^# ${name}: (.*)$`, 'm').exec(text)?.[1]?.split(' ') ?? []
  return { flags: value('flags'), env: Object.fromEntries(value('env').map(pair => pair.split('='))) }
}

export function normalized(stdout, folder) {
  return stdout
    .replaceAll(folder, '<folder>')
    .replace(/("?(?:delta|end|start)"?: )("[^"]*"|'[^']*')/g, '$1<time>')
    .replace(/"ansible_facts": \{"discovered_interpreter_python": "[^"]*"\}, ?/g, '')
    .replace(/ *"ansible_facts": \{\s+"discovered_interpreter_python": "[^"]*"\s+\},\n/g, '')
    .replace(/ *ansible_facts:\n +discovered_interpreter_python: \S+\n/g, '')
    .replace(/^(?:Skipping callback|<\w+>|Using module file|\w+ declined parsing|Parsed ).*\n/gm, '')
    .replace(/^(?:ansible-playbook|understudy playbook) \[(?:.*\n)(?: {2}.*\n)+/gm, '')
}
