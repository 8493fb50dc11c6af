package org.byoemail.format.html;

/** The window that a mail is read in, in CSS pixels. */
enum Viewport {
  WIDE(1024, 768),
  PHONE(390, 844);

  private final int width;
  private final int height;

  Viewport(int width, int height) {
    this.width = width;
    this.height = height;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int bit() {
    return 1 << ordinal();
  }

  /** The bits of all of them. */
  static final int ALL = (1 << values().length) - 1;
}
