package org.byoemail.platform.access;

/** Whether people who log in with a password have a second factor. */
public enum SecondFactorMode {
  /** Nobody is asked for one, and nobody can set one up. */
  OFF,
  /** People may set one up, and are asked for it from then on. */
  OPTIONAL,
  /** People who have none set one up at their next login, before anything else. */
  REQUIRED
}
