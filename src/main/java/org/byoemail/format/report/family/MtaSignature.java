package org.byoemail.format.report.family;

import java.util.List;

/**
 * What is peculiar to the notices of one family of servers. All phrases are in lower case and
 * matched anywhere, blanks and line breaks alike; of each list one has to occur, and an empty list
 * is no condition.
 *
 * @param name the name that results carry
 * @param says what the text says
 * @param subjects what the subject says
 * @param senders what the From field says
 * @param headers header fields, of which one is present
 * @param labels words that stand right in front of a failed recipient
 * @param returned how the line starts below which a notice of this family returns the mail
 */
public record MtaSignature(
    String name,
    List<String> says,
    List<String> subjects,
    List<String> senders,
    List<String> headers,
    List<String> labels,
    List<String> returned) {

  public MtaSignature {
    says = List.copyOf(says);
    subjects = List.copyOf(subjects);
    senders = List.copyOf(senders);
    headers = List.copyOf(headers);
    labels = List.copyOf(labels);
    returned = List.copyOf(returned);
  }

  static MtaSignature named(String name) {
    return new MtaSignature(name, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }

  MtaSignature says(String... phrases) {
    return new MtaSignature(name, List.of(phrases), subjects, senders, headers, labels, returned);
  }

  MtaSignature subjects(String... phrases) {
    return new MtaSignature(name, says, List.of(phrases), senders, headers, labels, returned);
  }

  MtaSignature senders(String... phrases) {
    return new MtaSignature(name, says, subjects, List.of(phrases), headers, labels, returned);
  }

  MtaSignature headers(String... names) {
    return new MtaSignature(name, says, subjects, senders, List.of(names), labels, returned);
  }

  MtaSignature labels(String... phrases) {
    return new MtaSignature(name, says, subjects, senders, headers, List.of(phrases), returned);
  }

  MtaSignature returned(String... starts) {
    return new MtaSignature(name, says, subjects, senders, headers, labels, List.of(starts));
  }
}
