#include "services/cli/completion.h"

#include <utility>

#include "services/cli/exit_code.h"
#include "services/cli/output.h"

namespace ledgercast::cli {
namespace {

using Word = CompletedCommand::Word;

void Visit(const CLI::App& app, const std::string& path, std::vector<CompletedCommand>* commands) {
  CompletedCommand command;
  command.path = path;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      command.flags.push_back(
          {"--" + name, option->get_description(), option->get_items_expected_max() > 0});
    }
  }
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* subcommand : subcommands) {
    command.commands.push_back({subcommand->get_name(), subcommand->get_description()});
  }
  commands->push_back(std::move(command));
  for (const CLI::App* subcommand : subcommands) {
    Visit(*subcommand, path + " " + subcommand->get_name(), commands);
  }
}

std::string Quoted(const std::string& text, const std::string& escaped_quote) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += escaped_quote;
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "'";
}

// Quote for bash and zsh, and for fish, which takes \' within quotes.
std::string ShellQuoted(const std::string& text) { return Quoted(text, "'\\''"); }
std::string FishQuoted(const std::string& text) { return Quoted(text, "\\'"); }

// Returns the pattern of `case "$place $word" in` that matches every command.
std::string PathPattern(const std::vector<CompletedCommand>& commands, const char* separator) {
  std::string pattern;
  for (size_t i = 1; i < commands.size(); ++i) {
    if (i > 1) pattern += separator;
    pattern += ShellQuoted(commands[i].path);
  }
  return pattern;
}

// Quotes a word for zsh's _describe, where a colon ends the word and the description follows.
std::string ZshWord(const Word& word) {
  std::string text;
  for (const char c : word.text + "\n" + word.description) {
    if (c == ':') text += "\\:";
    if (c != ':') text.push_back(c == '\n' ? ':' : c);
  }
  return ShellQuoted(text);
}

}  // namespace

std::vector<CompletedCommand> CompletedCommands(const CLI::App& app) {
  std::vector<CompletedCommand> commands;
  Visit(app, app.get_name(), &commands);
  return commands;
}

std::string BashCompletion(const std::vector<CompletedCommand>& commands) {
  const std::string& name = commands.front().path;
  std::string script = "_" + name + "() {\n";
  script += "  local place=" + name + " words= values= word i\n";
  script += "  for ((i = 1; i < COMP_CWORD; i++)); do\n";
  script += "    word=${COMP_WORDS[i]}\n";
  script += "    case \"$place $word\" in\n";
  script += "      " + PathPattern(commands, " | ") + ") place=\"$place $word\" ;;\n";
  script += "    esac\n  done\n  case \"$place\" in\n";
  for (const CompletedCommand& command : commands) {
    std::string words;
    std::string values;
    for (const Word& word : command.commands) words += word.text + " ";
    for (const Word& flag : command.flags) {
      words += flag.text + " ";
      if (flag.takes_value) values += flag.text + " ";
    }
    script += "    " + ShellQuoted(command.path) + ") words=" + ShellQuoted(words) +
              " values=" + ShellQuoted(values) + " ;;\n";
  }
  script += "  esac\n";
  // The value of a flag may be a file. The shell completes file names by itself.
  script += "  [[ \" $values\" != *\" ${COMP_WORDS[COMP_CWORD-1]} \"* ]] || words=\n";
  script += "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n";
  return script + "complete -o default -F _" + name + " " + name + "\n";
}

std::string ZshCompletion(const std::vector<CompletedCommand>& commands) {
  const std::string& name = commands.front().path;
  std::string script = "#compdef " + name + "\n";
  script += "_" + name + "() {\n  local place=" + name + " word\n";
  script += "  local -a choices values\n";
  script += "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n";
  script += "    case \"$place $word\" in\n";
  script += "      " + PathPattern(commands, "|") + ") place=\"$place $word\" ;;\n";
  script += "    esac\n  done\n  case \"$place\" in\n";
  for (const CompletedCommand& command : commands) {
    std::string choices;
    std::string values;
    for (const Word& word : command.commands) choices += " " + ZshWord(word);
    for (const Word& flag : command.flags) {
      choices += " " + ZshWord(flag);
      if (flag.takes_value) values += " " + flag.text;
    }
    script += "    " + ShellQuoted(command.path) + ") choices=(" + choices + " ) values=(" +
              values + " ) ;;\n";
  }
  script += "  esac\n";
  script += "  if (( ${values[(Ie)${words[CURRENT-1]}]} )); then _files; return; fi\n";
  script += "  _describe " + name + " choices || _files\n}\n";
  // As a file of $fpath the script is the function's body. Otherwise the shell runs it when it
  // starts.
  script += "if [[ ${funcstack[1]} == _" + name + " ]]; then _" + name;
  return script + " \"$@\"; else compdef _" + name + " " + name + "; fi\n";
}

std::string FishCompletion(const std::vector<CompletedCommand>& commands) {
  const std::string& name = commands.front().path;
  std::string script = "function __" + name + "_place\n  set -l place " + name + "\n";
  script += "  set -l typed (commandline -opc)\n  for word in $typed[2..-1]\n";
  script += "    switch \"$place $word\"\n      case " + PathPattern(commands, " ") + "\n";
  script += "        set place \"$place $word\"\n    end\n  end\n  echo $place\nend\n";
  for (const CompletedCommand& command : commands) {
    const std::string line =
        "complete -c " + name + " -n 'test (__" + name + "_place) = \"" + command.path + "\"'";
    for (const Word& word : command.commands) {
      script += line + " -f -a " + word.text + " -d " + FishQuoted(word.description) + "\n";
    }
    for (const Word& flag : command.flags) {
      script += line + " -l " + flag.text.substr(2) + (flag.takes_value ? " -r" : "") + " -d " +
                FishQuoted(flag.description) + "\n";
    }
  }
  return script;
}

void AddCompletion(CLI::App* root, int* exit_code) {
  CLI::App* command = root->add_subcommand(
      "completion", "Prints a script that completes this program's commands in a shell");
  command->require_subcommand(1);
  const auto add = [=](const char* shell, const char* use, auto script) {
    command->add_subcommand(shell, std::string("For ") + shell + ": " + use)->callback([=] {
      *exit_code = Report(WriteOut(script(CompletedCommands(*root))));
    });
  };
  add("bash", "source <(ledgercast completion bash)", BashCompletion);
  add("zsh", "source <(ledgercast completion zsh), after compinit", ZshCompletion);
  add("fish", "ledgercast completion fish | source", FishCompletion);
}

}  // namespace ledgercast::cli
