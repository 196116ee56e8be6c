/** `postern completion`: scripts that complete commands in a shell, made from the commands. */
import type { Command } from 'commander'
import { say } from '../outcome.ts'

const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands: source <(postern completion bash)')
    .argument('<shell>', shells.join(', '))
    .action((shell: string) => {
      const script = scripts[shell as (typeof shells)[number]]
      if (script) return say(script(wordsOf(program)))
      process.stderr.write(`The shell is one of ${shells.join(', ')}.\n`)
      process.exitCode = 2
    })
}

/** By command, such as `client` or `client get`: the words that can follow. */
type Words = readonly (readonly [command: string, words: readonly string[]])[]

export function wordsOf(command: Command, path: readonly string[] = []): Words {
  const names = command.commands.map((each) => each.name())
  const flags = command.options.flatMap(({ long }) => long ?? [])
  const own = [path.join(' '), [...names, ...flags]] as const
  return [own, ...command.commands.flatMap((each) => wordsOf(each, [...path, each.name()]))]
}

const scripts: Record<(typeof shells)[number], (words: Words) => string> = {
  bash: (words) => `_postern() {
  local words command="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && continue
    command="\${command:+$command }$word"
  done
  case "$command" in
${cases(words, 'words')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _postern postern`,
  zsh: (words) => `#compdef postern
_postern() {
  local command following
  command="\${(j: :)\${(@)words[2,CURRENT-1]:#-*}}"
  case "$command" in
${cases(words, 'following')}
  esac
  compadd -- \${=following}
}
compdef _postern postern`,
  pwsh: (words) => `Register-ArgumentCompleter -Native -CommandName postern -ScriptBlock {
  param($word, $ast, $position)
  $words = @{
${words.map(pwshLine).join('\n')}
  }
  $before = $ast.CommandElements | Select-Object -Skip 1 | Where-Object {
    $_.Extent.EndOffset -lt $position -and $_.Extent.Text -notlike '-*'
  }
  $command = ($before | ForEach-Object { $_.Extent.Text }) -join ' '
  $words[$command] | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`,
  fish: (words) => ['complete -c postern -f', ...words.flatMap(fishLines)].join('\n'),
}

const pwshLine = ([command, following]: Words[number]) =>
  `    '${command}' = @(${following.map((word) => `'${word}'`).join(', ')})`

const cases = (words: Words, variable: string) =>
  words
    .map(([command, following]) => `    "${command}") ${variable}="${following.join(' ')}" ;;`)
    .join('\n')

function fishLines([command, following]: Words[number]): string[] {
  const seen = command.split(' ').map((name) => `__fish_seen_subcommand_from ${name}`)
  const when = command === '' ? '__fish_use_subcommand' : seen.join('; and ')
  return following.map((word) => {
    const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
    return `complete -c postern -n '${when}' ${what}`
  })
}
