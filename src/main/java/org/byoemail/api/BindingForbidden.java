package org.byoemail.api;

/** A key that is bound to agents or accounts calls an operation about the whole organisation. */
class BindingForbidden extends RuntimeException {
  private static final long serialVersionUID = 1;

  BindingForbidden() {
    super(
        "this key is bound to agents or accounts, and the operation concerns the whole organization:"
            + " use a key that is not bound");
  }
}
