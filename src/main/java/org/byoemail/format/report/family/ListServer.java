package org.byoemail.format.report.family;

/** Filters of lists and hosts that answer in the name of the mail system. */
final class ListServer {
  static final MtaSignature FAMILY =
      MtaSignature.named("list-server")
          .says("this message was rejected by the list server", "the list server at");

  private ListServer() {}
}
