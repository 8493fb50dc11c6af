package org.byoemail.platform.health;

/** A required service is not available, or a service refuses the login. */
public final class ServiceRefusal extends StartRefused {
  private static final long serialVersionUID = 1;

  ServiceRefusal(String what, String remedy) {
    super(what, remedy);
  }
}
