"""How melee describes itself to clients: its hud, its buttons, its scoreboard, its news, its kills."""

from typing import Final

from protocol.description import Column, Control, Description, HudLine, Kill, News

MELEE: Final = Description(
    title="Melee",
    about="Everyone against everyone, with shots that bounce and hit harder each time.",
    hud=(
        HudLine(name="shield", label="Shield", style="bar", max=100, hue="sky", hides=True),
        HudLine(name="hull", label="Hull", style="bar", max=100),
        HudLine(name="boost_until", label="Boost", style="ready", hue="yellow"),
        HudLine(name="pulse_until", label="Pulse", style="ready", hue="sky"),
        HudLine(name="rapid_until", label="Rapid", style="time", hue="yellow"),
        HudLine(name="respawn_until", label="Destroyed", style="time", where="middle", hue="vermilion"),
    ),
    controls=(
        Control(button="move", does="fly"),
        Control(button="aim", does="aim"),
        Control(button="fire", does="shoot"),
        Control(button="pulse", does="pulse"),
        Control(button="boost", does="boost"),
    ),
    columns=(Column(label="Score"), Column(label="Kills"), Column(label="Deaths", best="least")),
    news=(
        News(
            event="kill",
            text="{killer} ricochet ×{bounces:number} {victim}",
            shout="Ricochet ×{bounces:number} — {victim}",
            to="killer",
        ),
        News(event="kill", text="{killer} {what:text} ▸ {victim}", shout="Destroyed {victim}", to="killer"),
        News(event="kill", text="{killer} ▸ {victim}", shout="Destroyed {victim}", to="killer"),
        News(event="kill", text="{victim} crashed"),
        News(event="kill", shout="by {killer}", to="victim"),
    ),
    kills=(Kill(event="kill"),),
)
