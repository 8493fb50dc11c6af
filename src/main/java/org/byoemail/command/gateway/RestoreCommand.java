package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.Map;

/**
 * Shows whether the database of a running gateway was restored from a backup, and reconciles its
 * queued mail. Runs without Spring.
 */
public final class RestoreCommand {
  private static final String USAGE =
      """
      usage: BYO_API_KEY=... java -jar byo-email.jar restore status|reconcile [--moved] [--url URL]

      After a restore of the database nothing is sent. reconcile looks up queued mail in the
      Sent folders of its accounts: what is found there becomes sent, the rest is held for a person,
      then sending resumes. The key must be an operator's for all organizations.

        --moved      nothing ran on the old database after it was copied (a migration to another
                     server): sending resumes at once. Refused if the gateway is known to have run
        --url URL    of the gateway (default http://localhost:8080)

      Exit status: 0 done, 1 the gateway refused, 2 wrong arguments.
      """;

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param environment has the key
   */
  public RestoreCommand(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Whether the program was started with this command. */
  public static boolean isAsked(String... args) {
    return args.length > 0 && args[0].equals("restore");
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the word {@code restore} first
   * @return the exit status of the process
   */
  public int run(String... args) {
    String action = args.length > 1 ? args[1] : "";
    boolean moved = false;
    URI url = AccountsArguments.url(AccountsArguments.DEFAULT_URL);
    try {
      if (!action.equals("status") && !action.equals("reconcile")) {
        throw new IllegalArgumentException("the first argument must be status or reconcile");
      }
      for (int i = 2; i < args.length; i++) {
        if (args[i].equals("--moved") && action.equals("reconcile")) {
          moved = true;
        } else if (args[i].equals("--url") && i + 1 < args.length) {
          url = AccountsArguments.url(args[++i]);
        } else {
          throw new IllegalArgumentException(
              "unknown option, or one without its value: " + args[i]);
        }
      }
    } catch (IllegalArgumentException e) {
      err.println("restore: " + e.getMessage());
      err.print(USAGE);
      return WRONG_ARGUMENTS;
    }
    String key = environment.getOrDefault(AccountsArguments.KEY_VARIABLE, "").strip();
    if (!key.matches("[\\x21-\\x7e]+")) {
      err.println("restore: set " + AccountsArguments.KEY_VARIABLE + " to an API key");
      return WRONG_ARGUMENTS;
    }
    return run(action.equals("reconcile"), moved, new GatewayApi(url, key));
  }

  private int run(boolean reconcile, boolean moved, GatewayApi api) {
    try {
      if (reconcile) {
        api.reconcile(moved);
        out.println(
            moved ? "sending resumes" : "queued mail is being reconciled: see restore status");
      } else {
        print(api.restore());
      }
      return DONE;
    } catch (GatewayApi.Refused e) {
      err.println("restore: the gateway refused: " + e.getMessage());
    } catch (IOException e) {
      err.println("restore: the gateway cannot be reached: " + e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      out.flush();
    }
    return FAILED;
  }

  private void print(JsonNode state) {
    if (!state.path("restored").asBoolean()) {
      out.println("not restored, or reconciled");
      return;
    }
    out.println(
        "restored from a backup of about "
            + state.path("backupAt").asText()
            + ": "
            + state.path("reason").asText());
    out.println(
        state.path("reconcilingSince").isTextual()
            ? "reconciling: %d found in Sent folders, %d held, %d left"
                .formatted(
                    state.path("found").asInt(),
                    state.path("held").asInt(),
                    state.path("remaining").asLong())
            : "nothing is sent; %d queued mails may have left before: restore reconcile"
                .formatted(state.path("remaining").asLong()));
  }
}
