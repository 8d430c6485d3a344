export function settingsOf(text: string): { flags: string[]; env: Record<string, string> }
export function normalized(stdout: string, folder: string): string
