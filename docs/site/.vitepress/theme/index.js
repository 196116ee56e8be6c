import DefaultTheme from 'vitepress/theme-without-fonts'
import './postern.css'

export default DefaultTheme
