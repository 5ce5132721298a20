package dev.banger.cli;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import java.util.List;

/** {@code banger completion}: a few lines for the shell, which ask banger itself at each Tab. */
final class CompletionScript implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("completion for your shell, VM names included")
        .positional("SHELL", List.of("bash", "zsh", "fish"), "bash, zsh or fish")
        .example("banger completion bash > ~/.local/share/bash-completion/completions/banger")
        .example("source <(banger completion zsh)")
        .example("banger completion fish > ~/.config/fish/completions/banger.fish");
  }

  @Override
  public int run(Invocation call) {
    call.out().print(script(call.parsed().argument(0)));
    return 0;
  }

  /** A line from banger is a candidate; the line {@code :path} asks the shell for file names. */
  static String script(String shell) {
    return switch (shell) {
      case "bash" ->
          """
          _banger() {
            local words=("${COMP_WORDS[@]:1:COMP_CWORD}") line cur
            # Bash splits words at = and : too; put them together again up to the cursor.
            local joined=() i glue=
            for ((i = 0; i < ${#words[@]}; i++)); do
              if [[ ${words[i]} == [=:] && ${#joined[@]} -gt 0 ]]; then
                joined[${#joined[@]} - 1]+=${words[i]}; glue=1
              elif [[ -n $glue ]]; then
                joined[${#joined[@]} - 1]+=${words[i]}; glue=
              else
                joined+=("${words[i]}")
              fi
            done
            cur=${COMP_WORDS[COMP_CWORD]}
            [[ $cur == [=:] ]] && cur=
            local whole=${joined[${#joined[@]} - 1]-}
            local prefix=${whole%"$cur"}
            COMPREPLY=()
            while IFS= read -r line; do
              if [[ $line == :path ]]; then
                compopt -o filenames 2>/dev/null
                while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
              elif [[ $line == "$whole"* ]]; then
                COMPREPLY+=("${line#"$prefix"}")
              fi
            done < <("${COMP_WORDS[0]}" __complete "${joined[@]}" 2>/dev/null)
          }
          complete -F _banger banger
          """;
      case "zsh" ->
          """
          #compdef banger
          _banger() {
            local -a lines candidates
            lines=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            candidates=("${(@)lines:#:path}")
            candidates=("${(@)candidates:#}")
            (( ${#candidates} )) && compadd -a candidates
            (( ${lines[(Ie):path]} )) && _files
          }
          if [[ ${funcstack[1]} == _banger ]]; then _banger "$@"; else compdef _banger banger; fi
          """;
      default ->
          """
          function __banger_complete
            set -l words (commandline -opc) (commandline -ct)
            for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
              if test "$line" = :path
                __fish_complete_path (commandline -ct)
              else
                echo $line
              end
            end
          end
          complete -c banger -f -a '(__banger_complete)'
          """;
    };
  }
}
