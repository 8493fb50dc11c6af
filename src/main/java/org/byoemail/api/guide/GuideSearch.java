package org.byoemail.api.guide;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.byoemail.api.guide.GuidePage.Section;
import org.springframework.stereotype.Component;

/**
 * Finds sections that contain all words of a query, matching parts of words and ignoring case;
 * sections with the words in their headings come first. Bounded in words, hits and length; reads
 * memory only.
 */
@Component
class GuideSearch {
  static final int MAX_QUERY = 200;
  static final int MAX_HITS = 30;

  private static final int MAX_WORDS = 8;
  private static final int SNIPPET = 220;
  private static final int BEFORE = 70;
  private static final int OF_PAGE = 40;
  private static final int OF_HEADING = 20;
  private static final int MAX_TIMES = 4;

  /** Pages that record decisions or changes are less likely to answer a question. */
  private static final int RECORDS = 15;

  private final Guide guide;

  GuideSearch(Guide guide) {
    this.guide = guide;
  }

  /** A piece of text. */
  record Piece(String text, boolean found) {}

  /**
   * A section.
   *
   * @param address with the anchor
   * @param heading empty for the page itself
   */
  record Hit(String address, String page, List<Piece> heading, List<Piece> snippet) {}

  private record Ranked(GuidePage page, Section section, int rank) {}

  /** The words of a query. */
  static List<String> words(String query) {
    String bounded = query.length() <= MAX_QUERY ? query : query.substring(0, MAX_QUERY);
    return Arrays.stream(bounded.toLowerCase(Locale.ROOT).split("[\\s\"'`]+"))
        .filter(word -> !word.isBlank())
        .distinct()
        .limit(MAX_WORDS)
        .toList();
  }

  /** The best hits first, {@link #MAX_HITS} at most. */
  List<Hit> find(String query) {
    List<String> words = words(query);
    if (words.isEmpty()) {
      return List.of();
    }
    List<Ranked> ranked = new ArrayList<>();
    for (GuidePage page : guide.pages()) {
      for (Section section : page.sections()) {
        int rank = rank(page, section, words);
        if (rank > 0) {
          ranked.add(new Ranked(page, section, rank));
        }
      }
    }
    ranked.sort(Comparator.comparingInt(Ranked::rank).reversed());
    return ranked.stream().limit(MAX_HITS).map(each -> hit(each, words)).toList();
  }

  private static int rank(GuidePage page, Section section, List<String> words) {
    String title = page.lowerTitle();
    String heading = section.anchor().isEmpty() ? "" : section.lowerTitle();
    String text = section.lowerText();
    int rank = 0;
    for (String word : words) {
      int times = times(text, word);
      boolean inHeading = heading.contains(word);
      boolean inTitle = title.contains(word);
      if (times == 0 && !inHeading && !(inTitle && section.anchor().isEmpty())) {
        return 0;
      }
      rank += times + (inHeading ? OF_HEADING : 0);
      if (inTitle) {
        rank += section.anchor().isEmpty() ? OF_PAGE : OF_HEADING / 2;
      }
    }
    boolean record = page.path().startsWith("adr") || page.path().equals("changelog");
    return record ? Math.max(1, rank - RECORDS) : rank + RECORDS;
  }

  private static int times(String text, String word) {
    int times = 0;
    int at = text.indexOf(word);
    while (at >= 0 && times < MAX_TIMES) {
      times++;
      at = text.indexOf(word, at + word.length());
    }
    return times;
  }

  private static Hit hit(Ranked ranked, List<String> words) {
    Section section = ranked.section();
    GuidePage page = ranked.page();
    String anchor = section.anchor().isEmpty() ? "" : "#" + section.anchor();
    return new Hit(
        page.address() + anchor,
        page.title(),
        section.anchor().isEmpty() ? List.of() : pieces(section.title(), words),
        pieces(snippet(section, words), words));
  }

  /** The text around the place with the most words of the query. */
  private static String snippet(Section section, List<String> words) {
    String text = section.text();
    String lower = section.lowerText();
    int best = 0;
    int most = 0;
    for (String word : words) {
      int at = lower.indexOf(word);
      for (int tries = 0; at >= 0 && tries < MAX_TIMES; tries++) {
        String around = lower.substring(at, Math.min(lower.length(), at + SNIPPET - BEFORE));
        int here = (int) words.stream().filter(around::contains).count();
        if (here > most) {
          most = here;
          best = at;
        }
        at = lower.indexOf(word, at + word.length());
      }
    }
    int from = Math.max(0, Math.min(best, text.length()) - BEFORE);
    if (from > 0) {
      int space = text.indexOf(' ', from);
      from = space < 0 || space > best ? from : space + 1;
    }
    int to = Math.min(text.length(), from + SNIPPET);
    return (from > 0 ? "… " : "")
        + text.substring(from, to).strip()
        + (to < text.length() ? " …" : "");
  }

  private static List<Piece> pieces(String text, List<String> words) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() != text.length()) {
      return List.of(new Piece(text, false));
    }
    List<Piece> pieces = new ArrayList<>();
    int done = 0;
    while (done < text.length()) {
      int next = -1;
      int end = -1;
      for (String word : words) {
        int at = lower.indexOf(word, done);
        if (at >= 0 && (next < 0 || at < next || at == next && at + word.length() > end)) {
          next = at;
          end = at + word.length();
        }
      }
      if (next < 0) {
        break;
      }
      if (next > done) {
        pieces.add(new Piece(text.substring(done, next), false));
      }
      pieces.add(new Piece(text.substring(next, end), true));
      done = end;
    }
    if (done < text.length()) {
      pieces.add(new Piece(text.substring(done), false));
    }
    return pieces;
  }
}
