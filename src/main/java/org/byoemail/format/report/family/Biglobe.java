package org.byoemail.format.report.family;

/** Biglobe, which parts its notices as Sendmail does. */
final class Biglobe {
  static final MtaSignature FAMILY =
      MtaSignature.named("biglobe").says("----- non-delivered information -----");

  private Biglobe() {}
}
