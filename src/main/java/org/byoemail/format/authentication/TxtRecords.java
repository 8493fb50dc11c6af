package org.byoemail.format.authentication;

import java.util.List;

/** Looks up TXT records, within a deadline that belongs to one mail. */
@FunctionalInterface
public interface TxtRecords {
  /** DNS gave no answer, or an error. A nonexistent name is not a failure. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    /** Without a stack trace: it is an answer about a mail, not a fault. */
    public Unavailable(String message) {
      super(message, null, false, false);
    }
  }

  /** Asks nobody. Signatures are not verified then, since none can pass without its key. */
  TxtRecords NOT_ASKED =
      name -> {
        throw new Unavailable("DNS was not asked");
      };

  /**
   * The texts of a name, each with its strings joined; none if the name does not exist.
   *
   * @throws Unavailable if DNS did not answer in time
   */
  List<String> of(String name) throws Unavailable;
}
