package org.byoemail.command.inspect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command line.
 *
 * @param jobs how many mails are read at a time
 * @param files files and folders; {@code -} is the standard input
 * @param dns the resolver to ask for signing keys; empty: the system's; null: DNS is not asked
 * @param imapHost the IMAP host whose provider received the mail; null: unknown
 * @param authservId the authserv-id of the server that received the mail; null: unknown
 */
record InspectArguments(
    int jobs,
    boolean help,
    List<String> files,
    @Nullable String dns,
    @Nullable String imapHost,
    @Nullable String authservId) {
  static final String USAGE =
      """
      usage: java -jar byo-email.jar inspect [OPTIONS] FILE|DIR|-...

      Prints what the classifier and the parser see in raw mails, a JSON object a line.

        FILE      a mail (RFC 5322), or a mailbox in mbox format
        DIR       every file in it and in the folders below
        -         a mail from the standard input
        --jobs N  reads N mails at a time (default 1); the order of the lines stays
        --dns     asks DNS for the keys of signatures; --dns=IP[:PORT] asks that resolver
        --imap-host HOST    the mail was received by the provider of that IMAP server
        --authserv-id ID    the mail was received by a server with that authserv-id

      Exit status: 0 all read, 1 something could not be read, 2 wrong arguments.
      """;

  private static final int MAX_JOBS = 256;

  InspectArguments {
    files = List.copyOf(files);
  }

  /**
   * Reads the arguments after {@code inspect}.
   *
   * @throws IllegalArgumentException if they are not valid
   */
  static InspectArguments parse(List<String> args) {
    int jobs = 1;
    List<String> files = new ArrayList<>();
    String dns = null;
    String imapHost = null;
    String authservId = null;
    boolean options = true;
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (options && (arg.equals("--help") || arg.equals("-h"))) {
        return new InspectArguments(1, true, List.of(), null, null, null);
      } else if (options && (arg.equals("--jobs") || arg.startsWith("--jobs="))) {
        boolean joined = arg.startsWith("--jobs=");
        jobs = jobs(joined ? arg.substring(7) : i + 1 < args.size() ? args.get(++i) : "");
      } else if (options && (arg.equals("--dns") || arg.startsWith("--dns="))) {
        dns = arg.equals("--dns") ? "" : arg.substring("--dns=".length());
      } else if (options && arg.equals("--imap-host")) {
        imapHost = value(args, ++i, arg);
      } else if (options && arg.equals("--authserv-id")) {
        authservId = value(args, ++i, arg);
      } else if (options && arg.equals("--")) {
        options = false;
      } else if (options && arg.startsWith("-") && !arg.equals("-")) {
        throw new IllegalArgumentException("unknown option " + arg);
      } else {
        files.add(arg);
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no file given");
    }
    return new InspectArguments(jobs, false, files, dns, imapHost, authservId);
  }

  private static String value(List<String> args, int index, String option) {
    if (index >= args.size() || args.get(index).isEmpty()) {
      throw new IllegalArgumentException(option + " takes a value");
    }
    return args.get(index);
  }

  private static int jobs(String number) {
    if (!number.matches("\\d{1,3}")
        || Integer.parseInt(number) < 1
        || Integer.parseInt(number) > MAX_JOBS) {
      throw new IllegalArgumentException("--jobs takes a number from 1 to " + MAX_JOBS);
    }
    return Integer.parseInt(number);
  }
}
