package org.byoemail.command.inspect;

import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of the command line.
 *
 * @param jobs how many mails are read at a time
 * @param files files and folders; {@code -} is the standard input
 */
record InspectArguments(int jobs, boolean help, List<String> files) {
  static final String USAGE =
      """
      usage: java -jar byo-email.jar inspect [--jobs N] FILE|DIR|-...

      Prints what the classifier and the parser see in raw mails, a JSON object a line.

        FILE      a mail (RFC 5322), or a mailbox in mbox format
        DIR       every file in it and in the folders below
        -         a mail from the standard input
        --jobs N  reads N mails at a time (default 1); the order of the lines stays

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
    boolean options = true;
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (options && (arg.equals("--help") || arg.equals("-h"))) {
        return new InspectArguments(1, true, List.of());
      } else if (options && (arg.equals("--jobs") || arg.startsWith("--jobs="))) {
        boolean joined = arg.startsWith("--jobs=");
        jobs = jobs(joined ? arg.substring(7) : i + 1 < args.size() ? args.get(++i) : "");
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
    return new InspectArguments(jobs, false, files);
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
