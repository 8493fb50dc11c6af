package org.byoemail.outbound.review;

import java.util.UUID;

/** Mails to reviewers that wait to be sent. An attempt is counted when its mail is taken. */
public interface MailsToReviewers {
  /** The token of a new link, for one attempt to send a mail: only its hash is kept. */
  String newToken(UUID id);

  /** Records that a mail was sent. */
  void sent(UUID id);

  /**
   * Records that a mail was not sent.
   *
   * @param forGood whether it is not tried again
   */
  void failed(UUID id, String error, boolean forGood);

  /** Records why no mail can be sent at present; this does not count as an attempt. */
  void postpone(String why);
}
