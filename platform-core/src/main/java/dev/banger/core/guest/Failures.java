package dev.banger.core.guest;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.CommandRefusedException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.GuestMessage;
import java.util.List;

/** What went wrong on a link, in the kinds and words of the host. */
final class Failures {
  private static final int SHOWN = 500;

  private Failures() {}

  /** What the agent refused, as the answer to {@code request}. */
  static BangerException of(GuestMessage.Failure failure, GuestMessage request) {
    String text = GuestText.clean(failure.text(), SHOWN);
    return switch (failure.failure()) {
      case NOT_FOUND ->
          request instanceof GuestMessage.Exec || request instanceof GuestMessage.JobStart
              ? CommandRefusedException.notFound(text)
              : new BangerException(ErrorKind.NOT_FOUND, text);
      case INVALID, BAD_CWD -> new BangerException(ErrorKind.INVALID, text);
      case NOT_EXECUTABLE -> CommandRefusedException.notExecutable(text);
      case FAILED -> new BangerException(ErrorKind.GUEST, text);
      case BUSY ->
          switch (request) {
            case GuestMessage.JobStart _ ->
                new BangerException(ErrorKind.CONFLICT, text, "forget it or take another id");
            case GuestMessage.JobConnect _ -> new BangerException(ErrorKind.CONFLICT, text);
            case GuestMessage.JobForget _ -> new BangerException(ErrorKind.ILLEGAL_STATE, text);
            default -> new BangerException(ErrorKind.GUEST, text, "try again in a moment");
          };
      case INTERNAL -> new BangerException(ErrorKind.GUEST, "the guest agent failed: " + text);
    };
  }

  /** What a tar in the guest complained of. */
  static BangerException guest(String text) {
    return new BangerException(ErrorKind.GUEST, GuestText.clean(text, SHOWN));
  }

  static BangerException lost(Exception cause) {
    return new BangerException(
        ErrorKind.GUEST,
        "the link to the guest was lost: "
            + GuestText.clean(String.valueOf(cause.getMessage()), SHOWN),
        "",
        List.of(),
        cause);
  }

  static BangerException nonsense(String what) {
    return new BangerException(
        ErrorKind.GUEST,
        "the guest agent answered " + GuestText.clean(what, SHOWN) + ", which makes no sense",
        "stop and start the VM: it then runs the agent that belongs to this banger");
  }
}
