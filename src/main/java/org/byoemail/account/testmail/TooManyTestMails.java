package org.byoemail.account.testmail;

/** An account, or a caller, has asked for too many test mails within an hour. */
public class TooManyTestMails extends RuntimeException {
  /** What {@code Retry-After} says, in seconds: places become free one by one within the hour. */
  public static final int RETRY_AFTER_SECONDS = 600;

  private static final long serialVersionUID = 1;

  TooManyTestMails(String whose, int most) {
    super("at most " + most + " test mails are sent " + whose + " within an hour: try again later");
  }
}
