package org.byoemail.bounce.family;

/** Biglobe, which parts its notices as Sendmail does. */
final class Biglobe {
  static final Family FAMILY =
      Family.named("biglobe").says("----- non-delivered information -----");

  private Biglobe() {}
}
