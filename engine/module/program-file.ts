/** Which files beside a playbook are modules that run by themselves, and what the engine calls them. */
import { readFileSync } from 'node:fs'

const PREFIX = 'program:'

/** The name by which the engine knows the program in this file as a module. */
export const programAction = (file: string): string => PREFIX + file

/** The file of a program that an action means. */
export const programFile = (action: string): string | undefined =>
  action.startsWith(PREFIX) ? action.slice(PREFIX.length) : undefined

/** Whether a file can run by itself: it needs neither Ansible's Python library nor PowerShell. */
export function runsByItself(file: string): boolean {
  const text = readFileSync(file, 'latin1')
  if (isBinary(text)) return true
  if (/^#!\s*powershell|^#(?:Requires|AnsibleRequires)\s+-/im.test(text) || file.endsWith('.ps1')) return false
  const library =
    /^\s*(?:from|import)\s+(?:ansible(?:\.|_collections\.|\s)|\.)|<<INCLUDE_ANSIBLE_MODULE_COMMON>>|<<JSON_ARGS>>/m
  return !library.test(text)
}

/** As Ansible tells binaries from texts: by control characters near the beginning. `text` holds one character per byte. */
export function isBinary(text: string): boolean {
  return /[\x00-\x06\x0e-\x1a\x1c-\x1f]/.test(text.slice(0, 1024))
}
