package org.byoemail.format.mail;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** The form of a file name for programs that read ASCII only. */
public final class AsciiName {
  private static final int MAX_STEM = 48;
  private static final int MAX_EXTENSION = 10;
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern REFUSED = Pattern.compile("[^ !#-\\[\\]-~]|[/:*?<>|%]");

  private AsciiName() {}

  /**
   * A name of at most 59 characters, without quotation marks and backslashes: accents are left out,
   * other characters become underscores, and the extension is kept.
   */
  public static String of(String fileName) {
    int dot = fileName.lastIndexOf('.');
    boolean hasExtension = dot > 0 && fileName.length() - dot <= MAX_EXTENSION;
    String stem = plain(hasExtension ? fileName.substring(0, dot) : fileName);
    String extension = hasExtension ? plain(fileName.substring(dot)) : "";
    String cut = stem.substring(0, Math.min(stem.length(), MAX_STEM)).strip();
    return (cut.chars().allMatch(c -> c == '_' || c == ' ') ? "file" : cut) + extension;
  }

  private static String plain(String text) {
    String bare = MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll("");
    return REFUSED.matcher(bare.replace("\u00df", "ss")).replaceAll("_");
  }
}
