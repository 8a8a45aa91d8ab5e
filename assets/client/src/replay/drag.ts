/**
 * Dragging the picture about, with a mouse or a finger.
 */

/** Until `ended`, calls `moved` with how far the picture was dragged, in pixels. */
export function draggable(view: HTMLElement, moved: (dx: number, dy: number) => void, ended: AbortSignal): void {
  let from: { id: number; x: number; y: number } | null = null;
  view.addEventListener("pointerdown", (event) => {
    from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    view.setPointerCapture(event.pointerId);
  }, { signal: ended });
  view.addEventListener("pointermove", (event) => {
    if (from?.id !== event.pointerId) return;
    moved(event.clientX - from.x, event.clientY - from.y);
    from = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }, { signal: ended });
  for (const end of ["pointerup", "pointercancel"] as const) {
    view.addEventListener(end, ({ pointerId }) => {
      if (from?.id === pointerId) from = null;
    }, { signal: ended });
  }
}
