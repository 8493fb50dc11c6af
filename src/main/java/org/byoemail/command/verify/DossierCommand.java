package org.byoemail.command.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.platform.dossier.ChainVerification;
import org.byoemail.platform.dossier.DossierFile;
import org.byoemail.platform.dossier.DossierVerifier;
import org.byoemail.platform.health.ServiceLogins;
import org.byoemail.platform.health.ServiceRefusal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Verifies dossiers: the chains of a database, or one that was exported. Changes nothing. */
public final class DossierCommand {
  private static final int VALID = 0;
  private static final int NOT_VALID = 1;
  private static final int WRONG_ARGUMENTS = 2;
  private static final long MAX_FILE = 64L << 20;

  static final String USAGE =
      """
      usage: java -jar byo-email.jar dossier verify --file=FILE --key=FILE ...
             java -jar byo-email.jar dossier verify [--key=FILE ... [--unsigned-up-to=NUMBER]]
                                                    [--organization=NAME [--head=NUMBER:HEX ...]] [--SETTING=VALUE ...]

      Verifies a dossier that was exported (GET /messages/{id}/dossier), without a database; or all chains of the
      database that the settings name (SPRING_DATASOURCE_URL, ...).

        --key=FILE           a public key that is trusted: Ed25519, PEM or Base64. Without one, the keys that the
                             database names are used, which a writer of the database could have replaced.
                             With one, whatever is not sealed and signed in a file, or not signed in a
                             database, is not valid
        --unsigned-up-to=NUMBER
                             the last seal of that organization that was made before there was a key; needs --key
                             and --organization
        --head=NUMBER:HEX    a head that was published (event dossier.sealed): the chain must have it, so that a
                             missing end is found

      Exit status: 0 valid, 1 not valid or not readable, 2 wrong arguments.
      """;

  private final PrintStream out;
  private final PrintStream err;

  public DossierCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Whether the program was started with this command. */
  public static boolean isAsked(String... args) {
    return args.length > 0 && args[0].equals("dossier");
  }

  private record Arguments(
      @Nullable Path file,
      List<String> keys,
      @Nullable String organization,
      long unsignedUpTo,
      Map<Long, String> heads,
      List<String> settings) {

    static Arguments parse(String... args) throws IOException {
      if (args.length < 2 || !args[1].equals("verify")) {
        throw new IllegalArgumentException("the first argument must be verify");
      }
      Path file = null;
      String organization = null;
      List<String> keys = new ArrayList<>();
      long unsignedUpTo = 0;
      Map<Long, String> heads = new HashMap<>();
      List<String> settings = new ArrayList<>();
      for (int i = 2; i < args.length; i++) {
        int equal = args[i].indexOf('=');
        if (!args[i].startsWith("--") || equal < 0) {
          throw new IllegalArgumentException("unknown argument " + args[i]);
        }
        String value = args[i].substring(equal + 1);
        switch (args[i].substring(2, equal)) {
          case "file" -> file = Path.of(value);
          case "key" -> keys.add(read(Path.of(value), 16 << 10));
          case "organization" -> organization = value;
          case "unsigned-up-to" -> {
            if (!value.matches("\\d{1,18}")) {
              throw new IllegalArgumentException("--unsigned-up-to must be the number of a seal");
            }
            unsignedUpTo = Long.parseLong(value);
          }
          case "head" -> {
            String[] parts = value.split(":", 2);
            if (!value.matches("\\d{1,18}:[0-9a-fA-F]{64}")) {
              throw new IllegalArgumentException("--head must be NUMBER:HEX, with 64 digits");
            }
            heads.put(Long.parseLong(parts[0]), parts[1]);
          }
          default -> settings.add(args[i]);
        }
      }
      if (!heads.isEmpty() && organization == null) {
        throw new IllegalArgumentException("--head needs --organization");
      }
      if (unsignedUpTo > 0 && (organization == null || keys.isEmpty())) {
        throw new IllegalArgumentException("--unsigned-up-to needs --key and --organization");
      }
      return new Arguments(file, keys, organization, unsignedUpTo, heads, settings);
    }
  }

  private static String read(Path file, long most) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > most) {
      throw new IllegalArgumentException(
          "there is no file " + file + " of at most " + most + " bytes");
    }
    return Files.readString(file);
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the word {@code dossier} first
   * @return the exit status of the process
   */
  public int run(String... args) {
    if (args.length > 1 && (args[1].equals("--help") || args[1].equals("-h"))) {
      out.print(USAGE);
      out.flush();
      return VALID;
    }
    try {
      Arguments arguments = Arguments.parse(args);
      return arguments.file() == null
          ? database(arguments)
          : file(arguments.file(), arguments.keys());
    } catch (IllegalArgumentException e) {
      err.println("dossier: " + e.getMessage());
      err.print(USAGE);
      return WRONG_ARGUMENTS;
    } catch (IOException e) {
      err.println("dossier: a file cannot be read: " + e.getMessage());
      return NOT_VALID;
    } finally {
      out.flush();
    }
  }

  private int file(Path file, List<String> keys) throws IOException {
    DossierFile.Result result =
        DossierFile.verify(new ObjectMapper().readTree(read(file, MAX_FILE)), keys);
    out.printf(
        "message %s: %d entries, %d of them erased, %d without seal%n",
        result.messageId(), result.entries(), result.erased(), result.unsealed());
    notSigned(result.unsigned());
    return print(result.problems());
  }

  private int database(Arguments arguments) {
    List<String> settings = new ArrayList<>(arguments.settings());
    settings.add("--logging.level.root=off");
    // Only the database is asked: nothing else is embedded, or has to be set.
    settings.add("--spring.data.redis.url=redis://not.used");
    settings.add("--spring.artemis.broker-url=tcp://not.used:1");
    settings.add("--byo.demo.enabled=false");
    try (ConfigurableApplicationContext context =
            new SpringApplicationBuilder(Nothing.class)
                // Otherwise it would ask for keys that only a gateway needs.
                .main(DossierCommand.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(settings.toArray(String[]::new));
        Connection connection = open(context.getEnvironment())) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      if (arguments.keys().isEmpty()) {
        out.println("no --key: signatures are checked by the keys that the database names");
      }
      int status = VALID;
      for (ChainVerification.Result chain :
          new DossierVerifier(JdbcClient.create(new SingleConnectionDataSource(connection, true)))
              .verify(
                  arguments.organization(),
                  arguments.keys(),
                  arguments.unsignedUpTo(),
                  arguments.heads())) {
        out.printf(
            "%s: %d seals, %d entries, %d contents erased, %d seals whose entries were deleted, head %s%n",
            chain.organization(),
            chain.seals(),
            chain.entries(),
            chain.erased(),
            chain.pruned(),
            chain.head() == null ? "none" : chain.seals() + ":" + chain.head());
        notSigned(chain.unsigned());
        status = Math.max(status, print(chain.problems()));
      }
      return status;
    } catch (ServiceRefusal | SQLException | DataAccessException e) {
      err.println("dossier: the database cannot be read: " + e.getMessage());
      return NOT_VALID;
    }
  }

  private static Connection open(Environment environment) throws SQLException, ServiceRefusal {
    String url = environment.getProperty("spring.datasource.url", "");
    if (url.isBlank()) {
      throw new IllegalArgumentException("set SPRING_DATASOURCE_URL, or name a file by --file");
    }
    return ServiceLogins.openDatabase(
        url,
        environment.getProperty("spring.datasource.username", ""),
        environment.getProperty("spring.datasource.password", ""));
  }

  private void notSigned(long seals) {
    if (seals > 0) {
      out.println(
          "  " + seals + " seals are not signed: a writer of the database can replace them");
    }
  }

  private int print(List<String> problems) {
    problems.forEach(problem -> out.println("  NOT VALID: " + problem));
    if (problems.isEmpty()) {
      out.println("  valid");
    }
    return problems.isEmpty() ? VALID : NOT_VALID;
  }

  /** For the settings alone. No {@code @Configuration}, since the gateway's scan would find it. */
  static class Nothing {}
}
