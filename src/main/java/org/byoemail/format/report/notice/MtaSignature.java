package org.byoemail.format.report.notice;

import java.util.List;

/**
 * How to recognise the notices of one kind of mail server, and how to read them. Phrases are in
 * lower case. A notice matches if each of the first four lists is empty or one of its entries is
 * found.
 *
 * @param name the rule that results carry
 * @param text phrases of the text
 * @param subject phrases of the subject
 * @param from phrases of the From field
 * @param headers names of header fields
 * @param recipientLabels words that stand right in front of a failed recipient
 * @param returnedMessage how the line starts at which the returned message begins
 */
public record MtaSignature(
    String name,
    List<String> text,
    List<String> subject,
    List<String> from,
    List<String> headers,
    List<String> recipientLabels,
    List<String> returnedMessage) {
  /** The signature of a server that is not known: nothing is particular to its notices. */
  public static final MtaSignature UNKNOWN =
      new MtaSignature(
          "unknown-server", List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public MtaSignature {
    text = List.copyOf(text);
    subject = List.copyOf(subject);
    from = List.copyOf(from);
    headers = List.copyOf(headers);
    recipientLabels = List.copyOf(recipientLabels);
    returnedMessage = List.copyOf(returnedMessage);
  }
}
