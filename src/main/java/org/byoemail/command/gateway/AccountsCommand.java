package org.byoemail.command.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Imports and exports accounts over the API of a running gateway. Starts no Spring. */
public final class AccountsCommand {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private final Map<String, String> environment;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param environment has the key
   */
  public AccountsCommand(
      Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Whether the program was started with this command. */
  public static boolean isAsked(String... args) {
    return args.length > 0 && args[0].equals("accounts");
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the word {@code accounts} first
   * @return the exit status of the process
   */
  public int run(String... args) {
    AccountsArguments asked;
    try {
      asked = AccountsArguments.parse(Arrays.asList(args).subList(1, args.length));
    } catch (IllegalArgumentException e) {
      err.println("accounts: " + e.getMessage());
      err.print(AccountsArguments.USAGE);
      return WRONG_ARGUMENTS;
    }
    if (asked.help()) {
      out.print(AccountsArguments.USAGE);
      out.flush();
      return DONE;
    }
    String key = environment.getOrDefault(AccountsArguments.KEY_VARIABLE, "").strip();
    if (!key.matches("[\\x21-\\x7e]+")) {
      err.println("accounts: set " + AccountsArguments.KEY_VARIABLE + " to an API key");
      return WRONG_ARGUMENTS;
    }
    return run(asked, new GatewayApi(asked.url(), key));
  }

  private int run(AccountsArguments asked, GatewayApi api) {
    try {
      return asked.importing() ? importFile(asked, api) : exportFile(asked, api);
    } catch (NoSuchFileException e) {
      err.println("accounts: file not found: " + e.getMessage());
    } catch (GatewayApi.Refused e) {
      err.println("accounts: the gateway refused: " + e.getMessage());
    } catch (IOException e) {
      err.println("accounts: " + reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      out.flush();
    }
    return FAILED;
  }

  private int importFile(AccountsArguments asked, GatewayApi api)
      throws IOException, InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("onConflict", asked.updating() ? "update" : "skip");
    put(query, "agent", asked.agent());
    try (InputStream file = input(asked.file())) {
      ImportBatches batches = new ImportBatches(file, asked.format());
      Totals totals = new Totals();
      for (ImportBatch batch = batches.next(); batch != null; batch = batches.next()) {
        batch.unreadable().forEach(line -> totals.failed(line.number(), "line " + line.problem()));
        if (batch.isEmpty()) {
          continue;
        }
        JsonNode result = api.importFile(batch.text(), asked.format(), query);
        totals.add(result, batch);
        if (result.path("incomplete").isTextual()) {
          err.println(
              "accounts: the gateway stopped: import the same file again; imported lines are kept");
          totals.print();
          return FAILED;
        }
      }
      totals.print();
      return totals.failed == 0 ? DONE : FAILED;
    }
  }

  private int exportFile(AccountsArguments asked, GatewayApi api)
      throws IOException, InterruptedException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("format", asked.format().word());
    put(query, "organization", asked.organization());
    try (InputStream file = api.exportFile(query)) {
      if (asked.file().equals("-")) {
        file.transferTo(out);
      } else {
        try (OutputStream to = Files.newOutputStream(Path.of(asked.file()))) {
          file.transferTo(to);
        }
      }
    }
    return out.checkError() ? FAILED : DONE;
  }

  /** The results of the lines so far. */
  private final class Totals {
    private long created;
    private long updated;
    private long unchanged;
    private long failed;

    void add(JsonNode result, ImportBatch batch) {
      created += result.path("created").asLong();
      updated += result.path("updated").asLong();
      unchanged += result.path("unchanged").asLong();
      StreamSupport.stream(result.path("lines").spliterator(), false)
          .filter(line -> line.path("result").asText().equals("failed"))
          .forEach(line -> failed(batch.numberInFile(line.path("line").asLong()), reasons(line)));
    }

    void failed(long number, String reason) {
      failed++;
      out.println("line " + number + ": " + reason);
    }

    void print() {
      out.printf(
          "%d created, %d updated, %d unchanged, %d failed%n", created, updated, unchanged, failed);
    }

    private static String reasons(JsonNode line) {
      StringBuilder reasons = new StringBuilder();
      line.path("errors")
          .forEach(
              error ->
                  reasons
                      .append(reasons.isEmpty() ? "" : "; ")
                      .append(error.path("field").asText())
                      .append(' ')
                      .append(error.path("reason").asText()));
      String address = line.path("address").asText("");
      return address.isEmpty() ? reasons.toString() : address + ": " + reasons;
    }
  }

  private InputStream input(String file) throws IOException {
    return file.equals("-") ? new BufferedInputStream(in) : Files.newInputStream(Path.of(file));
  }

  private static void put(Map<String, String> query, String name, @Nullable String value) {
    if (value != null) {
      query.put(name, value);
    }
  }

  private static String reason(IOException e) {
    String reason = e.getMessage();
    return e.getClass().getSimpleName() + (reason == null ? "" : ": " + reason);
  }
}
