package org.byoemail.command.gateway;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A command that talks to a running gateway by a key of the environment. Exit status: 0 done, 1
 * failed, 2 wrong arguments. Runs without Spring.
 */
public abstract class GatewayCommand {
  static final int DONE = 0;
  static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private final String name;
  private final CommandLine line;

  GatewayCommand(String name, CommandLine line) {
    this.name = name;
    this.line = line;
  }

  /** The command that the arguments of the program begin with; empty: they name none of these. */
  public static Optional<GatewayCommand> of(CommandLine line, String... args) {
    List<String> words = List.of(args);
    return switch (words.isEmpty() ? "" : words.get(0)) {
      case "send" -> Optional.of(new SendCommand(line));
      case "listen" -> Optional.of(new ListenCommand(line));
      case "mcp" -> Optional.of(new McpCommand(line));
      case "accounts" ->
          words.size() > 1 && words.get(1).equals("list")
              ? Optional.of(new AccountListCommand(line))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the command's name first
   * @return the exit status of the process
   */
  public final int run(String... args) {
    int words = name.split(" ").length;
    CommandOptions options;
    try {
      options =
          new CommandOptions(Arrays.asList(args).subList(words, args.length), valued(), flags());
      if (options.isHelp()) {
        line.out().print(usage());
        line.out().flush();
        return DONE;
      }
      String key = CommandOptions.key(line.environment()).orElse(null);
      if (key == null) {
        complain("set " + AccountsArguments.KEY_VARIABLE + " to an API key");
        return WRONG_ARGUMENTS;
      }
      return run(options, new GatewayApi(options.url(), key));
    } catch (IllegalArgumentException e) {
      complain(String.valueOf(e.getMessage()));
      line.err().print(usage());
      return WRONG_ARGUMENTS;
    } catch (NoSuchFileException e) {
      complain("file not found: " + e.getMessage());
    } catch (GatewayApi.Refused e) {
      complain("the gateway refused: " + e.getMessage());
    } catch (IOException e) {
      complain(
          e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      line.out().flush();
    }
    return FAILED;
  }

  /** Options that have a value. */
  abstract Set<String> valued();

  /** Options that have none. */
  abstract Set<String> flags();

  abstract String usage();

  /**
   * Does it.
   *
   * @throws IllegalArgumentException if the options are wrong
   */
  abstract int run(CommandOptions options, GatewayApi api) throws IOException, InterruptedException;

  final CommandLine line() {
    return line;
  }

  /** Whether the output is JSON. */
  final boolean isJson(CommandOptions options) {
    return options.has(CommandOptions.JSON) || !line.isTerminal();
  }

  final void complain(String message) {
    line.err().println(name + ": " + message);
    line.err().flush();
  }
}
