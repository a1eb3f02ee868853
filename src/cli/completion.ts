/** Completion scripts for shells, made from the command tree, so that they never lag behind it. */
import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** What may follow one command path: `''`, `policy`, `policy explain`, … */
interface Place {
  /** Names of the commands that lead here, joined by spaces; '' at the top. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  /** Fixed choices of the first argument. */
  readonly choices: readonly string[];
}

interface Word {
  readonly word: string;
  readonly description: string;
}

export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, []);
  if (shell === 'bash') return bash(program.name(), places);
  return shell === 'zsh' ? zsh(program.name(), places) : fish(program.name(), places);
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const help = command.createHelp();
  // What a command shares with the one above it is offered once.
  const own = help.visibleOptions(command);
  const inherited = globalOptions(command).filter(({ long }) => !own.some((option) => option.long === long));
  const options = [...own, ...inherited];
  const place = {
    path: path.join(' '),
    commands: help.visibleCommands(command).map((child) => ({ word: child.name(), description: child.description() })),
    options: options.map((option) => ({ word: option.long ?? option.short ?? '', description: option.description })),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
  return [place, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

function globalOptions(command: Command): readonly Command['options'][number][] {
  return command.parent ? [...command.parent.options, ...globalOptions(command.parent)] : [];
}

function words(place: Place): string[] {
  return [...place.commands, ...place.options].map(({ word }) => word).concat(place.choices);
}

/** The loop that walks the words before the cursor and keeps those that are commands. */
function bash(name: string, places: readonly Place[]): string {
  const cases = places.map((place) => `    '${place.path}') words='${words(place).join(' ')}' ;;`).join('\n');
  return `# bash completion for ${name}; load it with: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word words=''
  COMPREPLY=()
  if [[ "$previous" == '--config' || "$previous" == '-c' ]]; then
    compopt -o default
    return
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${pathCases(places, '      ')}
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default; fi
}
complete -F _${name} ${name}
`;
}

function zsh(name: string, places: readonly Place[]): string {
  const cases = places
    .map((place) => {
      const items = [...place.commands, ...place.options, ...place.choices.map((word) => ({ word, description: '' }))];
      return `    '${place.path}') words=(${items.map((item) => quoted(zshItem(item))).join(' ')}) ;;`;
    })
    .join('\n');
  return `#compdef ${name}
# zsh completion for ${name}; load it with: source <(${name} completion zsh)
_${name}() {
  local command_path='' word
  local -a items words_before
  words_before=("\${(@)words[2,CURRENT-1]}")
  if [[ "\${words[CURRENT-1]}" == (--config|-c) ]]; then
    _files
    return
  fi
  for word in "\${words_before[@]}"; do
    case "$command_path $word" in
${pathCases(places, '      ').replaceAll('path=', 'command_path=')}
    esac
  done
  case "$command_path" in
${cases.replaceAll('words=(', 'items=(')}
  esac
  _describe '${name}' items || _files
}
compdef _${name} ${name}
`;
}

function fish(name: string, places: readonly Place[]): string {
  const lines = places.flatMap((place) => {
    const when = `-n ${quoted(`__${name}_at ${quoted(place.path)}`)}`;
    return [
      ...place.commands.map((item) => `complete -c ${name} ${when} -f -a ${item.word} -d ${quoted(item.description)}`),
      ...place.choices.map((word) => `complete -c ${name} ${when} -f -a ${word}`),
      ...place.options.map((item) => fishOption(name, when, item)),
    ];
  });
  return `# fish completion for ${name}; load it with: ${name} completion fish | source
function __${name}_at
  set -l path ''
  for word in (commandline -opc)[2..]
    switch "$path $word"
${places
  .filter((place) => place.path !== '')
  .map((place) => `      case ${quoted(step(place.path))}\n        set path ${quoted(place.path)}`)
  .join('\n')}
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** \`path word\` → the longer path, for every command. */
function pathCases(places: readonly Place[], indent: string): string {
  return places
    .filter((place) => place.path !== '')
    .map((place) => `${indent}'${step(place.path)}') path='${place.path}' ;;`)
    .join('\n');
}

/** The path before the last word, a space, and the last word. */
function step(path: string): string {
  const cut = path.lastIndexOf(' ');
  return cut === -1 ? ` ${path}` : `${path.slice(0, cut)} ${path.slice(cut + 1)}`;
}

function fishOption(name: string, when: string, { word, description }: Word): string {
  const files = word === '--config' ? '-r -F' : '-f';
  return `complete -c ${name} ${when} ${files} -l ${word.replace(/^--/, '')} -d ${quoted(description)}`;
}

function zshItem({ word, description }: Word): string {
  return description === '' ? word : `${word}:${description.replaceAll(':', ' ')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
