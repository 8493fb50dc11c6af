package org.byoemail.command.inspect;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.MailClassifier;
import org.jspecify.annotations.Nullable;

/**
 * Prints what classifier and parser find in raw mail, a JSON object a line. Starts no server and no
 * Spring.
 */
public final class InspectCommand {
  private static final int ALL_READ = 0;
  private static final int SOMETHING_UNREAD = 1;
  private static final int WRONG_ARGUMENTS = 2;

  /** The number of results per job that may wait to be printed in order. */
  private static final int AHEAD = 4;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final MailParser parser = new MailParser();
  private final MailClassifier classifier = new MailClassifier();
  private final MailJson json = new MailJson();
  private @Nullable SenderInspection senders;

  /** The result of one mail. */
  private record Line(String text, boolean read) {}

  public InspectCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Whether the program was started with this command. */
  public static boolean isAsked(String... args) {
    return args.length > 0 && args[0].equals("inspect");
  }

  /**
   * Runs to the end.
   *
   * @param args the program's arguments, the word {@code inspect} first
   * @return the exit status of the process
   */
  public int run(String... args) {
    InspectArguments asked;
    try {
      asked = InspectArguments.parse(Arrays.asList(args).subList(1, args.length));
    } catch (IllegalArgumentException e) {
      err.println("inspect: " + e.getMessage());
      err.print(InspectArguments.USAGE);
      return WRONG_ARGUMENTS;
    }
    if (asked.help()) {
      out.print(InspectArguments.USAGE);
      return ALL_READ;
    }
    try {
      senders = new SenderInspection(asked);
    } catch (IllegalArgumentException e) {
      err.println("inspect: " + e.getMessage());
      return WRONG_ARGUMENTS;
    }
    boolean all = asked.jobs() == 1 ? inTurn(asked.files()) : atATime(asked);
    out.flush();
    return all ? ALL_READ : SOMETHING_UNREAD;
  }

  private boolean inTurn(List<String> files) {
    boolean all = true;
    MailFiles mails = new MailFiles(files, in);
    while (mails.hasNext() && !out.checkError()) {
      all &= print(look(mails.next()));
    }
    return all && !out.checkError();
  }

  private boolean atATime(InspectArguments asked) {
    ExecutorService workers = Executors.newFixedThreadPool(asked.jobs());
    try {
      boolean all = true;
      Deque<Future<Line>> begun = new ArrayDeque<>();
      MailFiles mails = new MailFiles(asked.files(), in);
      while ((mails.hasNext() || !begun.isEmpty()) && !out.checkError()) {
        if (mails.hasNext() && begun.size() < asked.jobs() * AHEAD) {
          InputMail mail = mails.next();
          begun.add(workers.submit(() -> look(mail)));
        } else {
          all &= print(begun.removeFirst().get());
        }
      }
      return all && !out.checkError();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a mail could not be looked at", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      workers.shutdownNow();
    }
  }

  private boolean print(Line line) {
    // As bytes: the encoder of a print stream goes through them one by one.
    byte[] text = (line.text() + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
    out.write(text, 0, text.length);
    return line.read();
  }

  private Line look(InputMail mail) {
    byte[] bytes = mail.bytes();
    if (bytes == null) {
      return new Line(json.error(mail, String.valueOf(mail.error())), false);
    }
    ParsedMail parsed = parser.parse(bytes);
    SenderVerdict sender = Objects.requireNonNull(senders).of(bytes, parsed);
    return new Line(json.seen(mail, classifier.classify(parsed), parsed, sender), true);
  }
}
