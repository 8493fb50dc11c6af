package org.byoemail.format.mime;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what was wrong with one mail, as short words; each is kept once. */
final class ParseProblems {
  static final String MAIL_TOO_LARGE = "mail-too-large";
  static final String HEADER_TOO_LARGE = "header-too-large";
  static final String FIELD_TOO_LONG = "header-field-too-long";
  static final String HEADER_GARBAGE = "header-garbage";
  static final String HEADER_END_MISSING = "header-end-missing";
  static final String HEADER_SPLIT = "header-split";
  static final String TOO_DEEP = "too-deep";
  static final String TOO_MANY_PARTS = "too-many-parts";
  static final String BOUNDARY_MISSING = "boundary-missing";
  static final String BOUNDARY_GUESSED = "boundary-guessed";
  static final String PART_UNCLOSED = "part-unclosed";
  static final String ENCODING_UNKNOWN = "encoding-unknown";
  static final String TNEF_BROKEN = "tnef-broken";
  static final String CHARSET_GUESSED = "charset-guessed";
  static final String TEXT_TOO_LONG = "text-too-long";

  static final String ENCODING_BROKEN = "encoding-broken";
  static final String ADDRESS_ODD = "address-odd";

  private final Set<String> words = new LinkedHashSet<>();

  void add(String word) {
    words.add(word);
  }

  void add(boolean found, String word) {
    if (found) {
      add(word);
    }
  }

  List<String> words() {
    return List.copyOf(words);
  }
}
