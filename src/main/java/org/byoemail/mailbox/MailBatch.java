package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.byoemail.mailbox.WatchedFolder.Refused;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails whose heads were fetched together. Their bodies come when they are asked for: a small one
 * in one command with the small ones behind it that will be wanted too, up to 1 MB, a larger one by
 * itself and in pieces. Used by one thread.
 */
final class MailBatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MailBatch.class);
  private static final long TOGETHER = 1 << 20;

  private final WatchedFolder folder;
  private final Reading reading;
  private final BodyForecast forecast;
  private final List<IncomingMail> mails = new ArrayList<>();
  private final Map<Long, RawMail> fetched = new HashMap<>();
  private @Nullable Predicate<IncomingMail> wanted;
  private boolean oneByOne;

  MailBatch(
      WatchedFolder folder,
      Reading reading,
      BodyForecast forecast,
      Stumble stumble,
      List<MailHead> heads) {
    this.folder = folder;
    this.reading = reading;
    this.forecast = forecast;
    for (MailHead head : heads) {
      mails.add(new IncomingMail(reading, head, stumble.of(head.uid()), () -> content(head)));
    }
  }

  /** In the order of their UIDs. */
  List<IncomingMail> mails() {
    return mails;
  }

  private RawMail content(MailHead head) {
    try {
      RawMail here = fetched.remove(head.uid());
      if (here == null && head.size() < TOGETHER && !oneByOne) {
        fetchFrom(head.uid());
        here = fetched.remove(head.uid());
      }
      return here == null ? folder.content(head) : here;
    } catch (MessagingException e) {
      throw new FetchFailed(head.uid(), String.valueOf(e.getMessage()), e);
    }
  }

  private void fetchFrom(long uid) throws MessagingException {
    List<MailHead> together = new ArrayList<>();
    long size = 0;
    for (IncomingMail mail : mails) {
      boolean next = mail.uid() == uid || mail.uid() > uid && isWanted(mail);
      if (next && size + mail.size() <= TOGETHER) {
        together.add(mail.head());
        size += mail.size();
      }
    }
    if (together.size() > 1) {
      try {
        fetched.putAll(folder.contents(together));
      } catch (Refused e) {
        log.debug("{}: mails are fetched one by one", reading, e);
        oneByOne = true;
      }
    }
  }

  private boolean isWanted(IncomingMail mail) {
    try {
      if (wanted == null) {
        wanted = forecast.of(reading.account());
      }
      return wanted.test(mail);
    } catch (RuntimeException e) {
      log.debug("{}: nobody can say which mails will be read", reading, e);
      oneByOne = true;
      wanted = any -> false;
      return false;
    }
  }

  /** Lets go of what was fetched and not asked for. */
  @Override
  public void close() {
    mails.forEach(IncomingMail::close);
    fetched.values().forEach(RawMail::close);
    fetched.clear();
  }
}
