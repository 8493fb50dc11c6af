package org.byoemail.outbound.outbox;

/** Somebody decides on a review who never may. */
public class ReviewForbidden extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReviewForbidden(String reason) {
    super(reason);
  }
}
