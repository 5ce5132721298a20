package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.guest.SocketGuestConnector;
import dev.banger.core.lifecycle.GuestLink;

/** How guests are reached. */
final class GuestModule extends AbstractModule {
  @Provides
  @Singleton
  GuestLink.Connector connector() {
    return new SocketGuestConnector();
  }
}
