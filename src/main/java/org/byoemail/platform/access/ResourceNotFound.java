package org.byoemail.platform.access;

/**
 * The requested resource does not exist, or the caller may not see it: the answer (404) is the
 * same, so that no caller learns of another organisation's.
 */
public class ResourceNotFound extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param resource its kind, such as "account"
   */
  public ResourceNotFound(String resource) {
    super("there is no such " + resource);
  }
}
