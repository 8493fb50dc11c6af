package org.byoemail.embedded;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of the demo provider without a mailbox, each with its own behaviour, so that every
 * event can be tried: {@code bounce@}, {@code defer-once@} and so on. {@code bounce} and {@code
 * reject} take a reason as their tag: {@code bounce+mailbox-full@}.
 */
enum DemoTestAddress {
  /** Accepts mail, and nothing more is heard of it. */
  ACCEPTED,
  /** Reports the delivery. */
  DELIVERED,
  /** Reports a delay. */
  DELAYED,
  /** Accepts mail, and returns it. */
  BOUNCE,
  /** Refuses mail in the SMTP dialogue, for good. */
  REJECT,
  /** Refuses mail for the time being, each time. */
  DEFER,
  /** The first attempt is deferred, the next one is accepted. */
  DEFER_ONCE,
  /** Complains of the mail as spam. */
  COMPLAINT,
  /** Answers automatically. */
  AUTO_REPLY,
  /** Answers as a person would. */
  REPLY;

  /**
   * What a server says of a recipient that it refuses.
   *
   * @param status enhanced status code (RFC 3463)
   */
  record Refusal(int code, String status, String words) {
    String reply(String recipient) {
      return code + " " + status + " <" + recipient + ">: " + words;
    }
  }

  static final Refusal NO_SUCH_USER =
      new Refusal(550, "5.1.1", "Recipient address rejected: User unknown");
  static final Refusal DEFERRED = new Refusal(451, "4.3.0", "Temporary failure, try again later");
  static final Refusal GREYLISTED = new Refusal(451, "4.7.1", "Greylisted, try again later");

  private static final Map<String, Refusal> REASONS =
      Map.of(
          "no-such-user", NO_SUCH_USER,
          "no-such-host", new Refusal(550, "5.1.2", "Host or domain name not found"),
          "mailbox-full", new Refusal(552, "5.2.2", "Mailbox is full"),
          "too-large", new Refusal(552, "5.3.4", "Message size exceeds the limit"),
          "refused", new Refusal(550, "5.7.1", "Message rejected as spam"),
          "rate-limited", new Refusal(550, "5.7.28", "Too many messages from this sender"),
          "authentication", new Refusal(550, "5.7.26", "Unauthenticated mail is not accepted"),
          "expired", new Refusal(550, "5.4.7", "Delivery time expired"));

  /** The test address with that address; empty for any other address. */
  static Optional<DemoTestAddress> of(String address) {
    String name = local(address).replaceFirst("\\+.*", "");
    return Arrays.stream(values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name))
        .findFirst();
  }

  /** Why the address refuses mail, by its tag; there is no such user unless it says otherwise. */
  static Refusal refusal(String address) {
    String local = local(address);
    return REASONS.getOrDefault(local.substring(local.indexOf('+') + 1), NO_SUCH_USER);
  }

  private static String local(String address) {
    int at = address.indexOf('@');
    return (at < 0 ? address : address.substring(0, at)).toLowerCase(Locale.ROOT);
  }
}
