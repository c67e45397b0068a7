import { minifyCss, readText } from '../files.ts'

/** A look is data: where the drawing stands, one block of variables, and two drawings. */
export type Look = {
  name: 'ink'
  hero: 'band' | 'side' | 'block'
  align: 'start' | 'center'
  /** One `:root` block and its dark twin. */
  css: string
  /** Inline SVG, ours: drawn at build time, nothing of a merchant in it. */
  heroSvg: string
  logoSvg: string
}

const looks: Record<Look['name'], Look> = {
  ink: {
    name: 'ink',
    hero: 'band',
    align: 'start',
    css: minifyCss(readText('looks/ink.css')),
    heroSvg: readText('looks/ink-hero.svg'),
    logoSvg: readText('looks/ink-logo.svg'),
  },
}

/** The look of that name; 'ink' where it is one we do not have. */
export const lookOf = (name: string): Look => looks[name as Look['name']] ?? looks.ink
