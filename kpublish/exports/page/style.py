"""The look of a landing page: one style sheet, no other host, readable on paper, on a phone, by day and by night."""

from __future__ import annotations

#: The whole style sheet; a server names its hash in the content security policy, so the element holds exactly this text.
STYLE = """
:root { color-scheme: light dark; --paper: #f6f8fb; --card: #fff; --ink: #14202e; --soft: #526171; --line: #d9e1ea;
  --sea: #0b2545; --link: #0b5fa5; --foam: #e6f1fb; --amber: #ffb000; }
@media (prefers-color-scheme: dark) { :root { --paper: #0c1420; --card: #131e2d; --ink: #e6edf5; --soft: #9db0c3;
  --line: #26364a;
  --sea: #071627; --link: #7cc0ff; --foam: #16283d; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--amber); outline-offset: 2px; }
.top { background: var(--sea); color: #fff; }
.top > div, .notice > div { max-width: 72rem; margin: 0 auto; padding: .8rem 1.25rem; }
.top a { color: #fff; text-decoration: none; font-weight: 600; display: inline-flex; align-items: center; gap: .6rem; }
.top img { width: 1.75rem; height: 1.75rem; display: block; }
.notice { background: var(--amber); color: #241800; }
.notice a { color: #241800; font-weight: 600; }
.hero { background: var(--sea) linear-gradient(150deg, #12407a, var(--sea) 60%); color: #fff; }
.hero > div { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4.5rem; }
.hero h1 { font-size: clamp(1.6rem, 4.5vw, 2.6rem); line-height: 1.15; margin: .75rem 0; letter-spacing: -.01em;
  text-wrap: balance;
  max-width: 26em; }
.hero a { color: #bfe0ff; }
.hero p { margin: .35rem 0; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; list-style: none; font-size: .82rem; }
.chips li { border: 1px solid rgb(255 255 255 / .35); border-radius: 1rem; padding: .1rem .7rem; }
.chips .preliminary { background: var(--amber); border-color: var(--amber); color: #241800; font-weight: 700; }
.authors { font-size: 1.05rem; }
.places { color: #c3d3e6; font-size: .88rem; }
main { max-width: 72rem; margin: -2.75rem auto 0; padding: 0 1.25rem 2rem; display: grid; gap: 1.25rem;
  grid-template-columns: minmax(0, 1fr); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.25rem clamp(1rem, 3vw, 1.75rem) 1.5rem;
  min-width: 0; }
.card:target { border-color: var(--link); box-shadow: 0 0 0 3px var(--foam); }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .75rem; text-wrap: balance; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
.kind { color: var(--soft); font-size: .78rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase;
  margin: 0 0 .2rem; }
figure { margin: 0 0 1rem; }
figure img { display: block; width: 100%; max-width: 56rem; height: auto; margin: 0 auto; background: #fff;
  border-radius: .4rem; }
figure .back { display: none; }
figure:target { position: fixed; inset: 0; z-index: 1; margin: 0; overflow: auto; background: #fff; }
figure:target img { width: auto; max-width: none; min-width: 100%; border-radius: 0; }
figure:target .back { display: inline-block; position: fixed; top: .75rem; right: .75rem; padding: .4rem .9rem;
  border-radius: .5rem; background: var(--link); color: var(--card); }
.rows th a { color: inherit; }
.scroll { overflow-x: auto; margin: 0 0 .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: .78rem; letter-spacing: .04em; white-space: nowrap; }
td.symbol { font-family: "STIX Two Text", Cambria, "Times New Roman", serif; font-size: 1.1rem; white-space: nowrap; }
td.number, td.unit, td.role { white-space: nowrap; }
th.file { min-width: 11rem; }
td.wide { min-width: 14rem; }
sub, sup { font-size: .72em; line-height: 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86em; }
code { overflow-wrap: anywhere; }
th code { overflow-wrap: normal; }
pre { background: var(--foam); border-radius: .5rem; padding: .8rem 1rem; margin: 0 0 .75rem; overflow-x: auto; }
.hash { color: var(--soft); font-size: .75rem; min-width: 20rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .4rem 1.25rem; margin: 0;
  font-size: .95rem; }
dt { color: var(--soft); }
dd { margin: 0; }
summary { cursor: pointer; font-weight: 600; }
details { margin: .75rem 0 0; }
details[open] summary { margin-bottom: .6rem; }
.links { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0 0 .75rem; padding: 0; }
.links a { display: inline-block; border: 1px solid var(--line); border-radius: .5rem; padding: .3rem .8rem;
  text-decoration: none; }
.links a:hover { border-color: var(--link); }
.links .main { background: var(--link); border-color: var(--link); color: var(--card); font-weight: 600; }
.chain { display: block; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
.chain rect { fill: var(--card); stroke: var(--soft); }
.chain .step rect { fill: var(--foam); stroke: var(--link); stroke-width: 1.5; }
.chain text { fill: var(--ink); }
.chain .step text:first-of-type { font-size: 13px; font-weight: 600; }
.chain path { stroke: var(--soft); }
.chain .head { fill: var(--soft); stroke: none; }
ol { padding-left: 1.25rem; margin: 0; }
li > p { margin: 0; }
footer { color: var(--soft); font-size: .88rem; max-width: 72rem; margin: 0 auto; padding: 0 1.25rem 2.5rem; }
@media (max-width: 34rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .6rem; } }
@media print { body { background: #fff; color: #000; } .hero { background: none; color: #000; } .hero a { color: #000; }
  .hero > div { padding-bottom: 1rem; } main { margin: 0; display: block; } .card { border: 0; padding: 1rem 0;
  break-inside: avoid; } }
"""
