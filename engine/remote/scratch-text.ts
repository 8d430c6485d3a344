/**
 * Shell text that makes a private directory and leaves its name in `$_x`. Where programs are to be started in it, another one in
 * the home takes its place when the first does not let them (noexec). That is tried with a program, for root may do all.
 */
export function scratchText(use?: 'programs'): string {
  const made =
    '_x=$(mktemp -d "${TMPDIR:-/tmp}/understudy-XXXXXXXXXX" 2>/dev/null) || { _x=${TMPDIR:-/tmp}/understudy-$$-$(date +%s); (umask 077; mkdir "$_x"); }'
  return use === 'programs' ? `${made} && { ${trial} || ${inHome}; rm -f "$_x/.try"; }` : made
}

const trial = `{ printf '#!/bin/sh\\n' >"$_x/.try" && chmod 700 "$_x/.try" && "$_x/.try"; } 2>/dev/null`
const inHome =
  '{ (umask 077; mkdir -p "${HOME:-/}/.ansible/tmp") && _y=$(mktemp -d "${HOME:-/}/.ansible/tmp/understudy-XXXXXXXXXX") && { rm -rf "$_x"; _x=$_y; }; } 2>/dev/null'
