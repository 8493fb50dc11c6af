package org.byoemail.bounce.family;

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
public record Family(
    String name,
    List<String> says,
    List<String> subjects,
    List<String> senders,
    List<String> headers,
    List<String> labels,
    List<String> returned) {

  public Family {
    says = List.copyOf(says);
    subjects = List.copyOf(subjects);
    senders = List.copyOf(senders);
    headers = List.copyOf(headers);
    labels = List.copyOf(labels);
    returned = List.copyOf(returned);
  }

  static Family named(String name) {
    return new Family(name, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }

  Family says(String... phrases) {
    return new Family(name, List.of(phrases), subjects, senders, headers, labels, returned);
  }

  Family subjects(String... phrases) {
    return new Family(name, says, List.of(phrases), senders, headers, labels, returned);
  }

  Family senders(String... phrases) {
    return new Family(name, says, subjects, List.of(phrases), headers, labels, returned);
  }

  Family headers(String... names) {
    return new Family(name, says, subjects, senders, List.of(names), labels, returned);
  }

  Family labels(String... phrases) {
    return new Family(name, says, subjects, senders, headers, List.of(phrases), returned);
  }

  Family returned(String... starts) {
    return new Family(name, says, subjects, senders, headers, labels, List.of(starts));
  }
}
